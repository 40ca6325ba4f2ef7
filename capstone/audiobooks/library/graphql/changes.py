"""Changing what is a listener's own, by the services that REST calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ariadne import MutationType
from django.utils import timezone
from graphql import GraphQLResolveInfo

from audiobooks.accounts.graphql.callers import principal_of, user_id_of
from audiobooks.accounts.graphql.inputs import changing, valid, without
from audiobooks.catalog.graphql.belonging import Deleted, own_rows
from audiobooks.catalog.rest.views import identifier
from audiobooks.library import selectors, services
from audiobooks.library.models import Bookmark, LibraryEntry, Shelf, ShelfItem
from audiobooks.library.rest import shapes

mutation = MutationType()
Input = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EntryPut:
    """A recording is in the library."""

    entry: LibraryEntry
    is_new: bool


@dataclass(frozen=True, slots=True)
class ShelfPut:
    """A shelf is there."""

    shelf: Shelf
    is_new: bool


@dataclass(frozen=True, slots=True)
class ShelfItemPut:
    """A recording stands on a shelf."""

    item: ShelfItem
    is_new: bool


@dataclass(frozen=True, slots=True)
class BookmarkPut:
    """A bookmark is there."""

    bookmark: Bookmark
    is_new: bool


# --8<-- [start:entry-put]
@mutation.field("entryPut")
@changing
def entry_put(_: Any, info: GraphQLResolveInfo, **given: Input) -> EntryPut:
    user_id, audiobook_id = user_id_of(info), identifier(given["input"]["audiobook"])
    entry, is_new = services.entry_put(
        principal=principal_of(info),
        user_id=user_id,
        audiobook_id=audiobook_id,
        state=valid(shapes.EntryIn, without(given["input"], "audiobook")).validated_data["state"],
        now=timezone.now(),
    )
    (entry,) = own_rows(info, selectors.entries_of(principal_of(info)).filter(pk=entry.pk), "entry")
    return EntryPut(entry, is_new)


# --8<-- [end:entry-put]


@mutation.field("entryDelete")
@changing
def entry_delete(_: Any, info: GraphQLResolveInfo, audiobook: str) -> Deleted:
    services.entry_delete(user_id=user_id_of(info), audiobook_id=identifier(audiobook), now=timezone.now())
    return Deleted(audiobook)


@mutation.field("shelfPut")
@changing
def shelf_put(_: Any, info: GraphQLResolveInfo, **given: Input) -> ShelfPut:
    user_id, client_id = user_id_of(info), identifier(given["input"]["id"])
    name = valid(shapes.ShelfIn, without(given["input"], "id")).validated_data["name"]
    _, is_new = services.shelf_put(user_id=user_id, client_id=client_id, name=name, now=timezone.now())
    return ShelfPut(selectors.shelves_of(user_id).get(client_id=client_id), is_new)


@mutation.field("shelfDelete")
@changing
def shelf_delete(_: Any, info: GraphQLResolveInfo, **named: str) -> Deleted:
    services.shelf_delete(user_id=user_id_of(info), client_id=identifier(named["id"]), now=timezone.now())
    return Deleted(named["id"])


@mutation.field("shelfItemPut")
@changing
def item_put(_: Any, info: GraphQLResolveInfo, **given: Input) -> ShelfItemPut:
    user_id, shelf_id = user_id_of(info), identifier(given["input"]["shelf"])
    asked = valid(shapes.ItemIn, without(given["input"], "shelf")).validated_data
    item, is_new = services.item_put(
        principal=principal_of(info),
        user_id=user_id,
        client_id=shelf_id,
        audiobook_id=asked["audiobook"],
        after_id=asked.get("after"),
        at_end="after" not in asked,
    )
    (item,) = own_rows(info, selectors.items_on_shelves(principal_of(info)).filter(pk=item.pk), "item")
    return ShelfItemPut(item, is_new)


@mutation.field("shelfItemDelete")
@changing
def item_delete(_: Any, info: GraphQLResolveInfo, **named: str) -> Deleted:
    services.item_remove(user_id=user_id_of(info), item_id=identifier(named["id"]), now=timezone.now())
    return Deleted(named["id"])


@mutation.field("bookmarkPut")
@changing
def bookmark_put(_: Any, info: GraphQLResolveInfo, **given: Input) -> BookmarkPut:
    user_id, client_id = user_id_of(info), identifier(given["input"]["id"])
    bookmark, is_new = services.bookmark_put(
        principal=principal_of(info),
        user_id=user_id,
        client_id=client_id,
        details=valid(shapes.BookmarkIn, without(given["input"], "id")).details,
        now=timezone.now(),
    )
    (bookmark,) = own_rows(
        info, selectors.bookmarks_of(principal_of(info)).filter(pk=bookmark.pk), "bookmark"
    )
    return BookmarkPut(bookmark, is_new)


@mutation.field("bookmarkDelete")
@changing
def bookmark_delete(_: Any, info: GraphQLResolveInfo, **named: str) -> Deleted:
    services.bookmark_delete(user_id=user_id_of(info), client_id=identifier(named["id"]), now=timezone.now())
    return Deleted(named["id"])


rows = {
    "EntryPut": EntryPut,
    "ShelfPut": ShelfPut,
    "ShelfItemPut": ShelfItemPut,
    "BookmarkPut": BookmarkPut,
}
