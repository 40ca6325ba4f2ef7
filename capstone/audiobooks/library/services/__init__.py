"""Changing what a listener has."""

from audiobooks.library.services.announcements import announcement_send, followers_tell
from audiobooks.library.services.bookmarks import bookmark_delete, bookmark_put
from audiobooks.library.services.entries import entry_delete, entry_put, entry_start
from audiobooks.library.services.follows import (
    follow_begin,
    follow_end,
    follows_end_by_token,
    follows_move,
)
from audiobooks.library.services.grants import grant_give
from audiobooks.library.services.shelves import item_put, item_remove, shelf_delete, shelf_put

__all__ = [
    "announcement_send",
    "bookmark_delete",
    "bookmark_put",
    "entry_delete",
    "entry_put",
    "entry_start",
    "follow_begin",
    "follow_end",
    "followers_tell",
    "follows_end_by_token",
    "follows_move",
    "grant_give",
    "item_put",
    "item_remove",
    "shelf_delete",
    "shelf_put",
]
