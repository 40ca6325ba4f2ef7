"""Changing what a listener has."""

from audiobooks.library.services.bookmarks import bookmark_delete, bookmark_put
from audiobooks.library.services.entries import entry_delete, entry_put, entry_start
from audiobooks.library.services.grants import grant_give
from audiobooks.library.services.shelves import item_put, item_remove, shelf_delete, shelf_put

__all__ = [
    "bookmark_delete",
    "bookmark_put",
    "entry_delete",
    "entry_put",
    "entry_start",
    "grant_give",
    "item_put",
    "item_remove",
    "shelf_delete",
    "shelf_put",
]
