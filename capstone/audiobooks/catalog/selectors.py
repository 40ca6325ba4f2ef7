"""
Reading the catalogue. Each selector states what it costs; the cost never depends on how many rows there are.

``visible_to`` functions decide what a caller may see, for every interface.
"""

from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from audiobooks.catalog.models import (
    Audiobook,
    Book,
    Chapter,
    Credit,
    Genre,
    Person,
    PersonRedirect,
    Publisher,
    Series,
    SeriesEntry,
)
from audiobooks.errors import NotFound
from audiobooks.principal import Principal

MADE_NOW = "(SELECT made.{} FROM catalog_card_made made WHERE made.audiobook_id = catalog_audiobook.id)"


def audiobooks_visible_to(principal: Principal) -> QuerySet[Audiobook]:
    """
    Return the recordings this caller may know of.

    Curators: all. Members: what is ready. Anonymous callers: what is ready and open. Whether a caller may also
    *hear* a restricted one is the library's to say.
    """
    # --8<-- [start:visible]
    if principal.is_curator:
        return Audiobook.objects.all()
    ready = Audiobook.objects.filter(status=Audiobook.Status.READY)
    return ready if principal.is_authenticated else ready.filter(access=Audiobook.Access.OPEN)
    # --8<-- [end:visible]


def sight_of(principal: Principal) -> str:
    """
    Return in a word what decides what a caller may see of the catalogue: nothing else of them does.

    So whoever has it in common may be given the same answer. Whoever lets another thing decide adds it here.
    """
    if principal.is_curator:
        return "curator"
    return "member" if principal.is_authenticated else "anonymous"


def books_visible_to(principal: Principal) -> QuerySet[Book]:
    """Return the works with a recording this caller may know of; curators see all."""
    if principal.is_curator:
        return Book.objects.all()
    return Book.objects.filter(Exists(audiobooks_visible_to(principal).filter(book=OuterRef("pk"))))


# --8<-- [start:cards]
def audiobook_cards(principal: Principal) -> QuerySet[Audiobook]:
    """Return visible recordings with all that a list shows. 4 queries at any length."""
    return (
        audiobooks_visible_to(principal)  # type: ignore[type-var]  # as_manager() forgets the model
        .select_related("book", "publisher", "cover", "rating")
        .prefetch_related(
            Prefetch("credits", Credit.objects.select_related("person")),
            Prefetch("book__genres", Genre.objects.all()),
            Prefetch("book__series_entries", SeriesEntry.objects.select_related("series")),
        )
        # --8<-- [end:cards]
    )


def audiobooks_shown(principal: Principal, *texts: str) -> QuerySet[Any]:
    """
    Return visible recordings with ``texts``: ``card`` and ``whole``, the JSON of a list and of their own page.

    1 query at any length. The JSON is kept, or made just now where a change of many let go of it.
    """
    # --8<-- [start:shown]
    return audiobooks_visible_to(principal).annotate(
        **{
            text: Coalesce(f"shown__{text}", RawSQL(MADE_NOW.format(text), ()))  # noqa: S611 -- ours
            for text in texts
        }
    )
    # --8<-- [end:shown]


def audiobooks_kept(principal: Principal, *texts: str) -> QuerySet[Any]:
    """
    Return visible recordings with ``texts`` as they are kept, NULL where a change of many let go of them.

    1 query at any length, which takes PostgreSQL half the time of ``audiobooks_shown``: what makes a text is no part of it.
    """
    return audiobooks_visible_to(principal).annotate(**{text: F(f"shown__{text}") for text in texts})


def audiobooks_listed(principal: Principal) -> QuerySet[Any]:
    """Return visible recordings with the JSON of a list. 1 query at any length."""
    return audiobooks_shown(principal, "card")


def audiobook_details(principal: Principal) -> QuerySet[Audiobook]:
    """Return visible recordings with all that their own page shows. 5 queries for one."""
    return audiobook_cards(principal).prefetch_related("external_ids")


def audiobook_visible_to(principal: Principal, audiobook_id: UUID) -> Audiobook:
    """Return one visible recording. 1 query. Raises ``NotFound``."""
    audiobook = audiobooks_visible_to(principal).filter(pk=audiobook_id).first()
    if audiobook is None:
        raise NotFound("audiobook_unknown", f"There is no audiobook {audiobook_id}, or you may not see it.")
    return audiobook


def chapters_of(principal: Principal, audiobook_id: UUID) -> QuerySet[Chapter]:
    """Return a visible recording's chapters. 2 queries. Raises ``NotFound``."""
    return Chapter.objects.filter(audiobook=audiobook_visible_to(principal, audiobook_id))


def book_cards(principal: Principal) -> QuerySet[Book]:
    """Return visible works with genres, series and authors. 5 queries at any length."""
    authors = Credit.objects.filter(role=Credit.Role.AUTHOR).select_related("person")
    recordings = audiobooks_visible_to(principal).only("id", "book_id")
    return books_visible_to(principal).prefetch_related(  # type: ignore[type-var]  # as_manager() forgets the model
        Prefetch("genres", Genre.objects.all()),
        Prefetch("series_entries", SeriesEntry.objects.select_related("series")),
        Prefetch(
            "audiobooks", recordings.prefetch_related(Prefetch("credits", authors, to_attr="author_credits"))
        ),
    )


def people_credited(principal: Principal) -> QuerySet[Person]:
    """Return the people credited on a recording this caller may know of; curators see all. 1 query."""
    if principal.is_curator:
        return Person.objects.all()
    credited = audiobooks_visible_to(principal).filter(credits__person=OuterRef("pk"))
    return Person.objects.filter(Exists(credited))


def person_merged_into(person_id: UUID) -> UUID | None:
    """Return who a merged person now is, or None for everybody else. 1 query."""
    return PersonRedirect.objects.filter(pk=person_id).values_list("person_id", flat=True).first()


def series_visible_to(principal: Principal) -> QuerySet[Series]:
    """Return the series with a visible book; curators see all. 1 query."""
    if principal.is_curator:
        return Series.objects.all()
    return Series.objects.filter(Exists(books_visible_to(principal).filter(series=OuterRef("pk"))))


def series_entries_of(principal: Principal, series_id: UUID) -> QuerySet[SeriesEntry]:
    """Return a visible series' visible books, in order. 2 queries. Raises ``NotFound``."""
    if not series_visible_to(principal).filter(pk=series_id).exists():
        raise NotFound("series_unknown", f"There is no series {series_id}, or you may not see it.")
    visible = books_visible_to(principal).filter(pk=OuterRef("book"))
    return SeriesEntry.objects.filter(Exists(visible), series=series_id).select_related("book")


def genres(_principal: Principal) -> QuerySet[Genre]:
    """Return the genre tree, flat; each names its parent. 1 query."""
    return Genre.objects.all()


def publishers(_principal: Principal) -> QuerySet[Publisher]:
    """Return the publishers. 1 query."""
    return Publisher.objects.all()


def in_genre(slug: str) -> Q:
    """Return the condition "this book is in the genre, or in one below it"."""
    branch = RawSQL(
        """WITH RECURSIVE branch (slug) AS (
               SELECT slug FROM catalog_genre WHERE slug = %s
               UNION SELECT child.slug FROM catalog_genre child JOIN branch ON child.parent_id = branch.slug
           ) SELECT slug FROM branch""",
        [slug],
    )
    return Q(Exists(Book.genres.through.objects.filter(book=OuterRef("book"), genre__in=branch)))
