"""
What a search answers: where it says no more than which words, from where and how many, by SQL that the ORM wrote once.

What else is asked, and whatever is wrong with it, goes the ordinary way and finds the same.
"""

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.db.models import Value
from rest_framework.generics import GenericAPIView

from audiobooks.accounts.authentication import principal_of
from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.rest.caching import Kept
from audiobooks.catalog.rest.cards import (
    SEEN_BY,
    Asked,
    Direction,
    Rows,
    asked_of,
    compiled_page,
    kept_page,
    plain_page,
    rows_of,
    shown_to,
)
from audiobooks.catalog.selectors import audiobooks_visible_to, sight_of
from audiobooks.compiled_query import CompiledQuery
from audiobooks.discovery.facets import Facet, facets_in, facets_of, facets_sql
from audiobooks.discovery.rest.filters import LONGEST
from audiobooks.discovery.selectors import (
    STEPS,
    Closeness,
    audiobooks_fitting,
    audiobooks_found,
    audiobooks_ranked,
)
from lab_rest.keyset import columns_of
from lab_rest.pagination import KeysetPagination

BEST = ("-score", "id")
ORDERINGS: dict[str, tuple[str, ...]] = {"relevance": BEST}
COLUMNS = columns_of(Audiobook.objects.annotate(score=Value(0)), BEST)
WORDS = "\ue000"  # stands for those of a question


class Question(Asked, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A request for a page of what has these words, that says no more than that."""

    q: str

    @property
    def order(self) -> str:
        """In which order."""
        return "relevance" if self.ordering is None else self.ordering

    @property
    def filters(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What a cursor is bound to."""
        return (("q", (self.q,)),)

    @property
    def words(self) -> str:
        """What is looked for."""
        return self.q.strip()


@dataclass
class Finding:
    """One search, as somebody of a sight; ``closeness`` is the step that it has come to."""

    sight: str
    asked: Question
    closeness: Closeness = Closeness.WORDS

    # --8<-- [start:rows]
    def rows(self, direction: Direction, **start: Any) -> Rows:
        """Return a page's rows. 1 query; on the first page 1 for each step, up to the one that finds something."""
        rows: Rows = []
        for self.closeness in STEPS:
            query = partial(found_query, self.sight, self.closeness, limit=self.asked.rows)
            rows = rows_of(query, direction, asked=self.asked.words, **start)
            if rows or direction:
                break
        return rows

    # --8<-- [end:rows]

    def facets(self) -> dict[str, list[Facet]]:
        """Return what all that it has found is made up of. 1 query."""
        return facets_in(facets_query(self.sight, self.closeness).rows(asked=self.asked.words))


def page(view: GenericAPIView[Any]) -> Kept:
    """Return a page of what is found. 2 queries, the page and its facets, and 1 more for each further step."""
    return page_of_words(view) or page_of_all(view)


def page_of_words(view: GenericAPIView[Any]) -> Kept | None:
    """Return a page; None where more is asked than words, and after a cursor where nothing has all of them."""
    request, paginator = view.request, view.paginator
    assert isinstance(paginator, KeysetPagination)  # noqa: S101 -- for mypy
    asked = asked_of(request, ORDERINGS, Question)
    if asked is None or not is_storable(asked.words):
        return None
    finding = Finding(sight_of(principal_of(request)), asked)
    cards = plain_page(paginator, request, asked, COLUMNS, finding.rows)
    if asked.cursor:
        return kept_page(paginator, cards, closeness=finding.closeness, facets=None) if cards else None
    return kept_page(paginator, cards, closeness=finding.closeness, facets=finding.facets())


def is_storable(words: str) -> bool:
    """Tell whether words may be looked for, as the filter has it, and leave to that what is rare."""
    return 1 <= len(words) <= LONGEST and words.isprintable()


def page_of_all(view: GenericAPIView[Any]) -> Kept:
    """Return a page of what is found among what the filters leave. 1 query for each step, the page, the facets, ``count``."""
    request, paginator = view.request, view.paginator
    assert isinstance(paginator, KeysetPagination)  # noqa: S101 -- for mypy
    among = view.filter_queryset(view.get_queryset())
    found, closeness = audiobooks_found(among, request.query_params["q"].strip())
    cards = [row["card"] for row in paginator.paginate_queryset(found.values("card"), request, view)]
    facets = None if "cursor" in request.query_params else facets_of(found)
    return kept_page(paginator, cards, closeness=closeness, facets=facets)


@lru_cache(maxsize=256)
def found_query(
    sight: str, closeness: Closeness, direction: Direction, limit: int, *, kept: bool = False
) -> CompiledQuery:
    """Return the statement of a page of those that fit so closely."""
    ranked = audiobooks_ranked(shown_to(sight, kept=kept), closeness, WORDS)
    return compiled_page(ranked, COLUMNS, direction, limit, asked=WORDS)


@lru_cache
def facets_query(sight: str, closeness: Closeness) -> CompiledQuery:
    """Return the statement of the facets of those that fit so closely."""
    fitting = audiobooks_fitting(audiobooks_visible_to(SEEN_BY[sight]), closeness, WORDS)
    return CompiledQuery(fitting, within=facets_sql, asked=WORDS)
