"""Search in the graph: REST's selectors and facets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ariadne import ObjectType, QueryType
from django.db.models import QuerySet
from graphql import GraphQLResolveInfo

from audiobooks.accounts.graphql.callers import principal_of
from audiobooks.accounts.graphql.scalars import enumeration
from audiobooks.catalog.graphql.fetching import announce, with_asked
from audiobooks.catalog.graphql.paging import Ordering, nodes_of
from audiobooks.catalog.graphql.resolvers import narrowed, words_of
from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.selectors import audiobooks_visible_to
from audiobooks.discovery import selectors
from audiobooks.discovery.facets import Facet, facets_of
from audiobooks.discovery.rest.filters import SuggestFilter
from lab_graphql.connections import Connection, page_from
from lab_rest.keyset import columns_of, rows_after

query = QueryType()
connection = ObjectType("SearchConnection")

MOST_SUGGESTIONS = 8
BEST = Ordering(("-score", "id"))


@dataclass(frozen=True, slots=True)
class Found(Connection[Audiobook]):
    """A page of what was found, and all of it."""

    closeness: str
    found: QuerySet[Audiobook]


# --8<-- [start:search]
@query.field("search")
def search(
    _: Any,
    info: GraphQLResolveInfo,
    query: str,
    first: int,
    after: str | None = None,
    filter: Mapping[str, Any] | None = None,  # noqa: A002 -- the argument's name in the SDL
) -> Found:
    """Return a page of what is found. 1 query for each step of closeness, 1 for the page, and for what is asked for."""
    words, given, asked = asked_in(query), words_of(filter or {}), nodes_of(info)
    page = page_from(first, after, ordering=f"search.{words}.{sorted(given.items())}")
    among = narrowed(audiobooks_visible_to(principal_of(info)), given)
    found, closeness = selectors.audiobooks_found(among, words)
    ranked = with_asked(found, asked).order_by(*BEST.columns)
    if page.values is not None:
        ranked = ranked.filter(rows_after(columns_of(ranked, BEST.columns), page.values))
    rows = list(ranked[: page.limit + 1])
    announce(rows[: page.limit], asked, info.context.loaders)
    return Found(rows[: page.limit], page, len(rows) > page.limit, BEST.place_of, closeness, found)


# --8<-- [end:search]


@query.field("suggestions")
def suggestions(_: Any, info: GraphQLResolveInfo, query: str) -> list[selectors.Suggestion]:
    return selectors.suggestions_for(principal_of(info), asked_in(query), limit=MOST_SUGGESTIONS)


def asked_in(text: str) -> str:
    """Return what is looked for, as REST bounds it. Raises a 400 ``Problem``."""
    narrowed(Audiobook.objects.none(), {"q": text}, by=SuggestFilter)
    return text.strip()


@connection.field("facets")
def facets(row: Found, info: GraphQLResolveInfo) -> dict[str, list[Facet]]:
    return facets_of(row.found)


rows = {
    "SearchConnection": Found,
    "Facets": {"language", "genre", "author", "narrator"},
    "Facet": Facet,
    "Suggestion": selectors.Suggestion,
}
bindables = [
    query,
    connection,
    enumeration("Closeness", selectors.Closeness),
    enumeration("SuggestionKind", ("audiobook", "person", "series")),
]
