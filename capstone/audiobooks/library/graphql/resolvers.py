"""Reading what is a listener's own. Each list costs 1 query, and what is asked for of its recordings."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from ariadne import ObjectType
from graphql import GraphQLResolveInfo

from audiobooks.accounts.graphql.callers import principal_of, user_id_of
from audiobooks.accounts.graphql.scalars import enumeration
from audiobooks.catalog.graphql.belonging import Asked, own_of, own_page, own_rows, pages_about
from audiobooks.catalog.graphql.fetching import about_audiobooks
from audiobooks.catalog.graphql.paging import Ordering, Place
from audiobooks.catalog.rest.views import identifier
from audiobooks.library import selectors
from audiobooks.library.graphql import changes
from audiobooks.library.models import Bookmark, LibraryEntry, Shelf, ShelfItem
from lab_graphql.connections import Connection, Page, connection_of, page_from, rows_of

me = ObjectType("Me")
audiobook = ObjectType("Audiobook")
shelf = ObjectType("Shelf")
bookmark = ObjectType("Bookmark")

ENTRIES = {
    "CHANGED_AT_DESC": Ordering(("-changed_at", "-id")),
    "TITLE": Ordering(("audiobook__sort_title", "id")),
}
BY_NAME = Ordering(("name", "id"))
BY_RANK = Ordering(("rank", "id"))
NEWEST = Ordering(("-created_at", "-id"))


@me.field("library")
def entries(
    _: Any,
    info: GraphQLResolveInfo,
    order: str,
    first: int,
    state: str | None = None,
    after: str | None = None,
) -> Connection[LibraryEntry]:
    rows = selectors.entries_of(principal_of(info))
    rows = rows.filter(state=state) if state else rows
    return own_page(info, rows, ENTRIES[order], f"entries.{order}.{state}", first, after)


@me.field("bookmarks")
def bookmarks(
    _: Any, info: GraphQLResolveInfo, first: int, after: str | None = None, **named: str | None
) -> Connection[Bookmark]:
    rows, within = selectors.bookmarks_of(principal_of(info)), named.get("audiobook")
    rows = rows.filter(audiobook=identifier(within)) if within is not None else rows
    return own_page(info, rows, NEWEST, f"bookmarks.{within}", first, after)


@me.field("shelves")
def shelves(_: Any, info: GraphQLResolveInfo, first: int, after: str | None = None) -> Connection[Shelf]:
    user_id = user_id_of(info)
    page = page_from(first, after, ordering=f"shelves.{user_id}")
    rows = rows_of(selectors.shelves_of(user_id), page, *BY_NAME.columns)
    info.context.loaders[items_of_shelves].expect(row.pk for row in rows[: page.limit])
    return connection_of(rows, page, BY_NAME.place_of)


@shelf.field("items")
def items(
    row: Shelf, info: GraphQLResolveInfo, first: int, after: str | None = None
) -> Connection[ShelfItem]:
    page = page_from(first, after, ordering=f"items.{user_id_of(info)}")
    found: Connection[ShelfItem] = info.context.loaders[items_of_shelves].load(
        row.pk, page, Place.of(info), Asked(info)
    )
    return found


def items_of_shelves(
    keys: Iterable[UUID], page: Page, place: Place, asked: Asked
) -> Mapping[UUID, Connection[ShelfItem]]:
    """Return a page of what stands on each of the caller's shelves. 1 query, and what is asked for of the recordings."""
    rows = selectors.items_on_shelves(principal_of(asked.info)).filter(shelf__in=keys)
    return pages_about(asked.info, keys, rows, "shelf_id", page, BY_RANK)


@audiobook.field("libraryEntry")
def entry_of(row: Any, info: GraphQLResolveInfo) -> LibraryEntry | None:
    found: LibraryEntry | None = own_of(info, entries_in, row)
    return found


@about_audiobooks
def entries_in(keys: Iterable[UUID], place: Place, asked: Asked) -> Mapping[UUID, LibraryEntry]:
    """Return the caller's entries by their recordings. 1 query, and what is asked for of the recordings."""
    rows = selectors.entries_of(principal_of(asked.info)).filter(audiobook__in=keys)
    return {row.audiobook_id: row for row in own_rows(asked.info, rows)}


@shelf.field("id")
def shelf_id(row: Shelf, info: GraphQLResolveInfo) -> UUID:
    return row.client_id


@bookmark.field("id")
def bookmark_id(row: Bookmark, info: GraphQLResolveInfo) -> UUID:
    return row.client_id


rows = {
    "LibraryEntry": LibraryEntry,
    "Shelf": {"name", "size", "created_at", "revision"},
    "ShelfItem": ShelfItem,
    "Bookmark": Bookmark,
    **changes.rows,
}
bindables = [
    me,
    audiobook,
    shelf,
    bookmark,
    changes.mutation,
    enumeration("EntryState", LibraryEntry.State),
]
