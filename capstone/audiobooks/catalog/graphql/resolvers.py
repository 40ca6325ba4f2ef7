"""The catalogue's fields. Each makes one call of what fetches, for all parents who are asked the same."""

from collections.abc import Callable, Mapping
from typing import Any, cast
from uuid import UUID

from ariadne import ObjectType, QueryType
from django_filters.utils import translate_validation
from graphql import GraphQLResolveInfo

from audiobooks.accounts.graphql.callers import principal_of
from audiobooks.accounts.graphql.scalars import enumeration
from audiobooks.catalog import models, selectors
from audiobooks.catalog.covers import cover_addresses
from audiobooks.catalog.graphql import fetching
from audiobooks.catalog.graphql.belonging import Deleted
from audiobooks.catalog.graphql.cards import card_page
from audiobooks.catalog.graphql.fetching import Below, announce, with_asked
from audiobooks.catalog.graphql.paging import Ordering, Place, nodes_of
from audiobooks.catalog.models import (
    Audiobook,
    Book,
    Cover,
    Credit,
    Genre,
    Person,
    Rating,
    Series,
    SeriesEntry,
)
from audiobooks.catalog.rest.filters import AudiobookFilter
from audiobooks.catalog.rest.views import identifier
from audiobooks.errors import NotFound
from lab_graphql.connections import Connection, connection_of, page_from, rows_of
from lab_graphql.lookahead import Selection, Shaped, selection_of
from lab_rest.exceptions import invalid_query
from lab_rest.field_errors import parameter_errors

query = QueryType()
audiobook = ObjectType("Audiobook")
book = ObjectType("Book")
person = ObjectType("Person")
series = ObjectType("Series")
genre = ObjectType("Genre")
cover = ObjectType("Cover")

ORDERINGS: Mapping[str, Ordering] = {
    f"{name}{end}": Ordering((f"{sign}{column}", f"{sign}id"))
    for name, column in {
        "TITLE": "sort_title",
        "RELEASED_ON": "released_on",
        "DURATION": "duration_ms",
    }.items()
    for end, sign in {"": "", "_DESC": "-"}.items()
}


# --8<-- [start:audiobooks]
@query.field("audiobooks")
def audiobooks(
    _: Any,
    info: GraphQLResolveInfo,
    order: str,
    first: int,
    after: str | None = None,
    filter: Mapping[str, Any] | None = None,  # noqa: A002 -- the argument's name in the SDL
) -> Connection[Audiobook] | Shaped:
    """Return a page of visible recordings. 1 query, and at most 4 more for what no card has."""
    ordering, given = ORDERINGS[order], words_of(filter or {})
    page = page_from(first, after, ordering=f"audiobooks.{order}.{sorted(given.items())}")
    if not given and (kept := card_page(info, selection_of(info), page, ordering)):
        return kept
    asked = nodes_of(info)
    visible = narrowed(selectors.audiobooks_visible_to(principal_of(info)), given)
    rows = rows_of(with_asked(visible, asked), page, *ordering.columns)
    announce(rows[: page.limit], asked, info.context.loaders)
    return connection_of(rows, page, ordering.place_of)


# --8<-- [end:audiobooks]


@query.field("audiobook")
def one_audiobook(_: Any, info: GraphQLResolveInfo, **named: str) -> Audiobook:
    return seen_audiobook(info, identifier(named["id"]), selection_of(info))


@query.field("person")
def one_person(_: Any, info: GraphQLResolveInfo, **named: str) -> Person:
    return fetching.person_seen(principal_of(info), identifier(named["id"]))


@query.field("series")
def one_series(_: Any, info: GraphQLResolveInfo, **named: str) -> Series:
    return fetching.series_seen(principal_of(info), identifier(named["id"]))


@query.field("node")
def node(_: Any, info: GraphQLResolveInfo, **named: str) -> Any:
    """Return what has this id: 1 query for its kind, and what that costs. Raises ``NotFound``."""
    principal, node_id = principal_of(info), identifier(named["id"])
    kind = fetching.kind_seen(principal, node_id)
    if kind == "Audiobook":
        return seen_audiobook(info, node_id, of_kind(selection_of(info), kind))
    finders: Mapping[str | None, Callable[..., Any]] = {
        "Book": fetching.book_seen,
        "Person": fetching.person_seen,
        "Series": fetching.series_seen,
    }
    if kind not in finders:
        raise NotFound("node_unknown", f"There is nothing under {node_id}, or you may not see it.")
    return finders[kind](principal, node_id)


def seen_audiobook(info: GraphQLResolveInfo, audiobook_id: UUID, asked: Selection) -> Audiobook:
    """Return one visible recording with what is asked for of it. Raises ``NotFound``."""
    found = fetching.audiobook_seen(principal_of(info), audiobook_id, asked)
    announce([found], asked, info.context.loaders)
    return found


def of_kind(asked: Selection, kind: str) -> Selection:
    """Return what is asked for of one kind of thing, under an interface or a union."""
    return Selection(tuple(field for field in asked.fields if field.kind == kind))


# --8<-- [start:filter]
def words_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Return a filter as REST's query would spell it."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in given.items()
        if value is not None
    }


def narrowed(rows: Any, given: Mapping[str, str], *, by: Any = AudiobookFilter) -> Any:
    """Narrow recordings by REST's own filters. Raises a 400 ``Problem`` that names what is wrong."""
    found = by(given, queryset=rows)
    if not found.is_valid():
        raise invalid_query(parameter_errors(translate_validation(found.errors).detail))
    return found.qs


# --8<-- [end:filter]


@audiobook.field("authors")
def authors(row: Audiobook, info: GraphQLResolveInfo) -> list[Person]:
    return people_in(row, Credit.Role.AUTHOR)


@audiobook.field("narrators")
def narrators(row: Audiobook, info: GraphQLResolveInfo) -> list[Person]:
    return people_in(row, Credit.Role.NARRATOR)


def people_in(row: Audiobook, role: Credit.Role) -> list[Person]:
    """Return the people of one role, in the order of the loaded credits."""
    return [credit.person for credit in row.credits.all() if credit.role == role]


@audiobook.field("credits")
def credits_of(row: Audiobook, info: GraphQLResolveInfo) -> list[Credit]:
    return list(row.credits.all())


@audiobook.field("genres")
def genres(row: Audiobook, info: GraphQLResolveInfo) -> list[Genre]:
    return list(row.book.genres.all())


@audiobook.field("series")
def places(row: Audiobook, info: GraphQLResolveInfo) -> list[SeriesEntry]:
    return list(row.book.series_entries.all())


@audiobook.field("externalIds")
def external_ids(row: Audiobook, info: GraphQLResolveInfo) -> list[models.ExternalId]:
    return list(row.external_ids.all())


@audiobook.field("cover")
def cover_of(row: Audiobook, info: GraphQLResolveInfo) -> Cover | None:
    return getattr(row, "cover", None)


@audiobook.field("rating")
def rating(row: Audiobook, info: GraphQLResolveInfo) -> Rating:
    return row.rated


@audiobook.field("chapters")
def chapters(
    row: Audiobook, info: GraphQLResolveInfo, first: int, after: str | None = None
) -> Connection[Any]:
    page = page_from(first, after, ordering="chapters")
    return load(info, fetching.chapters_of_audiobooks, row.pk, page)


@book.field("audiobooks")
def recordings(row: Book, info: GraphQLResolveInfo, first: int, after: str | None = None) -> Connection[Any]:
    page = page_from(first, after, ordering="book.audiobooks")
    return load(
        info, fetching.recordings_of_books, row.pk, principal_of(info), page, Place.of(info), below(info)
    )


@person.field("audiobooks")
def credited(
    row: Person, info: GraphQLResolveInfo, first: int, role: str | None = None, after: str | None = None
) -> Connection[Any]:
    page = page_from(first, after, ordering=f"person.audiobooks.{role}")
    return load(
        info,
        fetching.recordings_of_people,
        row.pk,
        principal_of(info),
        role,
        page,
        Place.of(info),
        below(info),
    )


@series.field("books")
def books(row: Series, info: GraphQLResolveInfo, first: int, after: str | None = None) -> Connection[Any]:
    page = page_from(first, after, ordering="series.books")
    return load(info, fetching.books_of_series, row.pk, principal_of(info), page, below(info))


def below(info: GraphQLResolveInfo) -> Below:
    """Return what is asked for of the nodes of the connection that is being resolved."""
    return Below(nodes_of(info), info.context.loaders)


def load(info: GraphQLResolveInfo, fetch: Callable[..., Any], key: UUID, *arguments: Any) -> Connection[Any]:
    """Return a parent's connection, fetched for all that were announced."""
    return cast("Connection[Any]", info.context.loaders[fetch].load(key, *arguments))


@genre.field("parent")
def parent(row: Genre, info: GraphQLResolveInfo) -> str | None:
    return row.parent_id


@cover.field("images")
def images(row: Cover, info: GraphQLResolveInfo) -> list[dict[str, Any]]:
    return [{"width_px": int(width), "url": url} for width, url in cover_addresses(row.sha256).items()]


rows = {
    "Audiobook": Audiobook,
    "Book": Book,
    "Person": Person,
    "Series": Series,
    "SeriesBook": SeriesEntry,
    "SeriesPlace": SeriesEntry,
    "Credit": Credit,
    "Genre": Genre,
    "Publisher": models.Publisher,
    "Cover": Cover,
    "CoverImage": {"width_px", "url"},
    "Chapter": models.Chapter,
    "ExternalId": models.ExternalId,
    "Rating": Rating,
    "Deleted": Deleted,
}
bindables = [
    query,
    audiobook,
    book,
    person,
    series,
    genre,
    cover,
    enumeration("Access", Audiobook.Access),
    enumeration("AudiobookStatus", Audiobook.Status),
    enumeration("CreditRole", Credit.Role),
]
