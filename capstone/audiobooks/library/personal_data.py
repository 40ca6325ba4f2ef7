"""What the library holds of listeners: all of it is theirs."""

from audiobooks.library import models
from audiobooks.personal_data import Held, Nobodys

TITLE = {"audiobook_title": "audiobook__title"}

HELD = (
    Held(models.Grant, "user", "What is restricted, and you may hear.", also=TITLE),
    Held(
        models.Follow,
        "user",
        "Whom and what you follow.",
        also={"person_name": "person__name", "series_name": "series__name"},
    ),
    Held(models.Announcement, "user", "Letters about new recordings that you got.", also=TITLE),
    Held(models.Revision, "user", "How many changes you have made to what is yours."),
    Held(models.Tombstone, "user", "What you deleted, for devices that still have it; kept for 90 days."),
    Held(models.LibraryEntry, "user", "Your library.", also=TITLE),
    Held(models.Shelf, "user", "Your shelves."),
    Held(models.ShelfItem, "shelf__user", "What stands on them.", also=TITLE),
    Held(models.Bookmark, "user", "Your bookmarks, clips and notes.", also=TITLE),
)
NOBODYS: Nobodys = {}
