"""What is fetched of the catalogue: what was asked for, in as many queries as there are kinds of things, at any length."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Value
from django.db.models.fields import CharField

from audiobooks.catalog import selectors
from audiobooks.catalog.graphql.paging import BY_TITLE, Ordering, Place, connections_of, pages_of_each
from audiobooks.catalog.models import Audiobook, Book, Chapter, Credit, Genre, Person, Series, SeriesEntry
from audiobooks.errors import NotFound
from audiobooks.principal import Principal
from lab_graphql.connections import Connection, Page
from lab_graphql.loaders import Loaders
from lab_graphql.lookahead import Selection

Fetch = TypeVar("Fetch", bound=Callable[..., Mapping[Any, Any]])
Rows = TypeVar("Rows", bound=QuerySet[Any])
Thing = TypeVar("Thing")
BY_POSITION = Ordering(("position", "id"))
BY_SEQUENCE = Ordering(("sequence", "id"))
BY_CREDIT = Ordering(("audiobook__sort_title", "audiobook_id"))
ABOUT_AUDIOBOOKS: list[Callable[..., Mapping[Any, Any]]] = []


def about_audiobooks(fetch: Fetch) -> Fetch:
    """Say of a batch, of another app too, that recordings' ids are its keys: they are announced to it."""
    ABOUT_AUDIOBOOKS.append(fetch)
    return fetch


# --8<-- [start:look-ahead]
def with_asked(rows: Rows, asked: Selection, of: str = "") -> Rows:
    """
    Fetch of recordings what is asked for: at most 4 queries more. ``of`` leads to them from the rows, ``audiobook__``.
    """
    joins = {"publisher", "cover", "rating"} & asked.names
    if {"book", "genres", "series"} & asked.names:
        joins.add("book")
    fetched: list[Any] = []
    if {"authors", "narrators", "credits"} & asked.names:
        fetched.append(Prefetch(f"{of}credits", Credit.objects.select_related("person")))
    if "genres" in asked.names:
        fetched.append(Prefetch(f"{of}book__genres", Genre.objects.all()))
    if "series" in asked.names:
        places = SeriesEntry.objects.select_related("series")
        fetched.append(Prefetch(f"{of}book__series_entries", places))
    if "externalIds" in asked.names:
        fetched.append(f"{of}external_ids")
    if "summary" not in asked.names:
        rows = rows.defer(f"{of}summary")
    if joins:
        rows = rows.select_related(*(f"{of}{name}" for name in sorted(joins)))
    return rows.prefetch_related(*fetched)


# --8<-- [end:look-ahead]


def announce(audiobooks: Iterable[Audiobook], asked: Selection, loaders: Loaders) -> None:
    """Announce what may be asked of recordings that were fetched together. Costs no query."""
    audiobooks = list(audiobooks)
    for fetch in ABOUT_AUDIOBOOKS:
        loaders[fetch].expect(row.pk for row in audiobooks)
    loaders[recordings_of_books].expect(row.book_id for row in audiobooks)
    if {"authors", "narrators", "credits"} & asked.names:
        loaders[recordings_of_people].expect(
            credit.person_id for row in audiobooks for credit in row.credits.all()
        )
    if "series" in asked.names:
        loaders[books_of_series].expect(
            place.series_id for row in audiobooks for place in row.book.series_entries.all()
        )


@about_audiobooks
def chapters_of_audiobooks(keys: Iterable[UUID], page: Page) -> Mapping[UUID, Connection[Chapter]]:
    """Return a page of each recording's chapters; whoever has the recordings may see them. 1 query."""
    chapters = Chapter.objects.filter(audiobook__in=keys)
    return connections_of(
        keys, pages_of_each(chapters, "audiobook_id", page, BY_POSITION), page, BY_POSITION.place_of
    )


def recordings_of_books(
    keys: Iterable[UUID], principal: Principal, page: Page, place: Place, below: "Below"
) -> Mapping[UUID, Connection[Audiobook]]:
    """Return a page of each work's visible recordings. 1 query, and what is asked for of them."""
    visible = selectors.audiobooks_visible_to(principal).filter(book__in=keys)
    found = pages_of_each(with_asked(visible, below.asked), "book_id", page, BY_TITLE)
    below.announce(row for rows in found.values() for row in rows[: page.limit])
    return connections_of(keys, found, page, BY_TITLE.place_of)


def recordings_of_people(
    keys: Iterable[UUID], principal: Principal, role: str | None, page: Page, place: Place, below: "Below"
) -> Mapping[UUID, Connection[Audiobook]]:
    """Return a page of what each person is credited on and the caller may see. 2 queries, and what is asked for of them."""
    visible = selectors.audiobooks_visible_to(principal)
    credited = Credit.objects.filter(person__in=keys, audiobook__in=visible)
    if role is None:  # in two roles, and yet once
        same = Credit.objects.filter(person=OuterRef("person"), audiobook=OuterRef("audiobook"))
        credited = credited.filter(~Exists(same.filter(pk__lt=OuterRef("pk"))))
    else:
        credited = credited.filter(role=role)
    pages = pages_of_each(credited, "person_id", page, BY_CREDIT)
    wanted = {credit.audiobook_id for rows in pages.values() for credit in rows}
    audiobooks = with_asked(Audiobook.objects.all(), below.asked).in_bulk(wanted)
    below.announce(audiobooks.values())
    found = {key: [audiobooks[row.audiobook_id] for row in rows] for key, rows in pages.items()}
    return connections_of(keys, found, page, BY_TITLE.place_of)


def books_of_series(
    keys: Iterable[UUID], principal: Principal, page: Page, loaders: "Below"
) -> Mapping[UUID, Connection[SeriesEntry]]:
    """Return a page of each series' visible books, in order. 1 query."""
    visible = selectors.books_visible_to(principal).filter(pk=OuterRef("book"))
    entries = SeriesEntry.objects.filter(Exists(visible), series__in=keys).select_related("book")
    found = pages_of_each(entries, "series_id", page, BY_SEQUENCE)
    loaders.loaders[recordings_of_books].expect(row.book_id for rows in found.values() for row in rows)
    return connections_of(keys, found, page, BY_SEQUENCE.place_of)


class Below:
    """What is asked for of the rows of a batch, and where they announce themselves; equal to any other of its request."""

    def __init__(self, asked: Selection, loaders: Loaders) -> None:
        self.asked = asked
        self.loaders = loaders

    def announce(self, audiobooks: Iterable[Audiobook]) -> None:
        """Announce recordings that were fetched."""
        announce(audiobooks, self.asked, self.loaders)

    def __eq__(self, other: object) -> bool:
        """The place in the document says what is asked for there."""
        return isinstance(other, Below)

    def __hash__(self) -> int:
        return 0


# --- one thing ------------------------------------------------------------------------------------------------


def audiobook_seen(principal: Principal, audiobook_id: UUID, asked: Selection) -> Audiobook:
    """Return one visible recording. 1 query, and what is asked for of it. Raises ``NotFound``."""
    found = with_asked(selectors.audiobooks_visible_to(principal), asked).filter(pk=audiobook_id).first()
    return known(found, "audiobook", audiobook_id)


def person_seen(principal: Principal, person_id: UUID) -> Person:
    """Return somebody who is credited on what the caller may know of. 1 query, 2 where they were merged. Raises ``NotFound``."""
    people = selectors.people_credited(principal)
    found = people.filter(pk=person_id).first()
    if found is None and (into := selectors.person_merged_into(person_id)):
        found = people.filter(pk=into).first()
    return known(found, "person", person_id)


def series_seen(principal: Principal, series_id: UUID) -> Series:
    """Return a visible series. 1 query. Raises ``NotFound``."""
    return known(selectors.series_visible_to(principal).filter(pk=series_id).first(), "series", series_id)


def book_seen(principal: Principal, book_id: UUID) -> Book:
    """Return a visible work. 1 query. Raises ``NotFound``."""
    return known(selectors.books_visible_to(principal).filter(pk=book_id).first(), "book", book_id)


def kind_seen(principal: Principal, node_id: UUID) -> str | None:
    """Return what kind of thing the caller may know under an id; None for nothing. 1 query."""
    sources: Mapping[str, QuerySet[Any]] = {
        "Audiobook": selectors.audiobooks_visible_to(principal),
        "Book": selectors.books_visible_to(principal),
        "Person": selectors.people_credited(principal),
        "Series": selectors.series_visible_to(principal),
    }
    first, *others = [
        rows.filter(pk=node_id)
        .order_by()
        .annotate(kind=Value(kind, CharField()))
        .values_list("kind", flat=True)
        for kind, rows in sources.items()
    ]
    return next(iter(first.union(*others, all=True)), None)


def known(found: Thing | None, name: str, wanted: UUID) -> Thing:
    """Return what was found. Raises ``NotFound``, in the words of REST."""
    if found is None:
        raise NotFound(f"{name}_unknown", f"There is no {name} {wanted}, or you may not see it.")
    return found
