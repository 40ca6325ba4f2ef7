"""One example of each shape, for the OpenAPI document; they belong together, and a test holds them to their schemas."""

from audiobooks.catalog.rest.examples import AUDIOBOOK_CARD

BOOK = {"id": AUDIOBOOK_CARD["id"], "title": AUDIOBOOK_CARD["title"], "duration_ms": 57_600_000}
ENTRY_IN = {"state": "in_progress"}
ENTRY = {"audiobook": BOOK, "state": "in_progress", "changed_at": "2026-01-02T09:10:00Z", "revision": 42}
SHELF_IN = {"name": "For the train"}
SHELF = {
    "id": "5c1b8a52-9a53-4a0e-8f4e-6a8d6c0a1c01",
    "name": "For the train",
    "size": 3,
    "created_at": "2026-01-02T09:10:00Z",
    "revision": 43,
}
ITEM_IN = {"audiobook": BOOK["id"], "after": None}
ITEM = {
    "id": "019b76da-a800-7e41-8c6f-1f0a6f3f7e30",
    "shelf": SHELF["id"],
    "audiobook": BOOK,
    "rank": 1_099_511_627_776,
    "revision": 44,
}
BOOKMARK_IN = {"audiobook": BOOK["id"], "start_ms": 12_000, "end_ms": 20_000, "note": "The proposal"}
BOOKMARK = {
    "id": "5c1b8a52-9a53-4a0e-8f4e-6a8d6c0a1d01",
    "audiobook": BOOK,
    "start_ms": 12_000,
    "end_ms": 20_000,
    "note": "The proposal",
    "created_at": "2026-01-02T09:10:00Z",
    "revision": 45,
}
