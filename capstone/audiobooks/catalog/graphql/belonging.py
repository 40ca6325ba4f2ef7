"""Lists of things that belong to a listener, each about a recording."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from graphql import GraphQLResolveInfo

from audiobooks.accounts.graphql.callers import principal_of, user_id_of
from audiobooks.catalog.graphql.fetching import announce, with_asked
from audiobooks.catalog.graphql.paging import Ordering, Place, connections_of, nodes_of, pages_of_each
from lab_graphql.connections import Connection, Page, connection_of, page_from, rows_of
from lab_graphql.lookahead import selection_of


def own_page(
    info: GraphQLResolveInfo,
    rows: QuerySet[Any],
    ordering: Ordering,
    scope: str,
    first: int,
    after: str | None,
) -> Connection[Any]:
    """Return a page of the caller's own. 1 query, and what is asked for of their recordings. ``scope`` binds its cursors."""
    page = page_from(first, after, ordering=f"{scope}.{user_id_of(info)}")
    asked = nodes_of(info).at("audiobook")
    found = rows_of(with_asked(rows, asked, "audiobook__"), page, *ordering.columns)
    announce((row.audiobook for row in found[: page.limit]), asked, info.context.loaders)
    return connection_of(found, page, ordering.place_of)


def own_rows(info: GraphQLResolveInfo, rows: QuerySet[Any], *path: str) -> list[Any]:
    """Return rows of the caller's own with what is asked for of their recordings, ``path`` below the field."""
    asked = selection_of(info).at(*path, "audiobook")
    found = list(with_asked(rows, asked, "audiobook__"))
    announce((row.audiobook for row in found), asked, info.context.loaders)
    return found


def own_of(info: GraphQLResolveInfo, batch: Callable[..., Mapping[Any, Any]], audiobook: Any) -> Any:
    """Return the caller's own row about a recording, of a batch for all recordings; None for a stranger."""
    if not principal_of(info).is_authenticated:
        return None
    return info.context.loaders[batch].load(audiobook.pk, Place.of(info), Asked(info))


def pages_about(
    info: GraphQLResolveInfo,
    keys: Iterable[Any],
    rows: QuerySet[Any],
    parent: str,
    page: Page,
    ordering: Ordering,
) -> Mapping[Any, Connection[Any]]:
    """Return a page of each parent's rows, which are about recordings. 1 query, and what is asked for of the recordings."""
    asked = nodes_of(info).at("audiobook")
    found = pages_of_each(with_asked(rows, asked, "audiobook__"), parent, page, ordering)
    shown = (row.audiobook for rows in found.values() for row in rows[: page.limit])
    announce(shown, asked, info.context.loaders)
    return connections_of(keys, found, page, ordering.place_of)


class Asked:
    """The field that is being resolved; equal to any other, since the place in the document tells fields apart."""

    def __init__(self, info: GraphQLResolveInfo) -> None:
        self.info = info

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asked)

    def __hash__(self) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class Deleted:
    """Something is gone."""

    id: str
