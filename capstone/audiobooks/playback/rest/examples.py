"""One example of each shape, for the OpenAPI document; they belong together, and a test holds them to their schemas."""

from audiobooks.catalog.rest.examples import AUDIOBOOK_CARD

PHONE = {"id": "5c1b8a52-9a53-4a0e-8f4e-6a8d6c0a1b01", "name": "Phone"}
TABLET = {"id": "5c1b8a52-9a53-4a0e-8f4e-6a8d6c0a1b02", "name": "Tablet"}
BOOK = {"id": AUDIOBOOK_CARD["id"], "title": AUDIOBOOK_CARD["title"], "duration_ms": 57_600_000}
SESSION = "019b76da-a800-7e41-8c6f-1f0a6f3f7e10"
CONFLICT = "019b76da-a800-7e41-8c6f-1f0a6f3f7e20"
POSITION = {
    "id": "019b76da-a800-7e41-8c6f-1f0a6f3f7e00",
    "audiobook": BOOK,
    "position_ms": 61_000,
    "generation": 0,
    "heard_at": "2026-01-02T09:10:00Z",
    "device": PHONE,
    "revision": 41,
}
BEGIN_IN = {"device": PHONE}
PLAYBACK = {
    "id": SESSION,
    "audiobook": BOOK,
    "device": PHONE,
    "started_at": "2026-01-02T09:09:00Z",
    "closed_at": None,
    "seen_revision": 40,
    "position": POSITION,
}
EVENT_IN = {
    "seq": 17,
    "at": "2026-01-02T09:10:00Z",
    "generation": 0,
    "position_ms": 61_000,
    "heard_from_ms": 46_000,
    "speed_percent": 100,
}
EVENTS_IN = {"sent_at": "2026-01-02T09:10:01Z", "events": [EVENT_IN]}
OUTCOMES = [
    {"seq": 17, "outcome": "applied", "code": "", "detail": "", "conflict": None},
]
EVENTS = {"results": OUTCOMES, "positions": [POSITION], "revision": 41}
SYNC_IN = {
    "device": PHONE,
    "sent_at": "2026-01-02T09:10:01Z",
    "sessions": [
        {
            "id": SESSION,
            "audiobook": BOOK["id"],
            "started_at": "2026-01-02T09:09:00Z",
            "seen_revision": 40,
        }
    ],
    "events": [EVENT_IN | {"session": SESSION}],
}
PLACE = {"device": PHONE, "position_ms": 61_000, "heard_at": "2026-01-02T09:10:00Z"}
CONFLICT_OUT = {
    "id": CONFLICT,
    "audiobook": BOOK,
    "state": "open",
    "places": [PLACE, {"device": TABLET, "position_ms": 1_260_000, "heard_at": "2026-01-02T08:30:00Z"}],
    "found_at": "2026-01-02T09:10:01Z",
    "settled_at": None,
    "settled_by": "",
    "kept": None,
    "revision": 41,
}
RESOLVE_IN = {"device": PHONE["id"]}
POLICY = {"on_conflict": "ask"}
CHANGES = {
    "changes": [
        {
            "revision": 41,
            "kind": "position",
            "id": POSITION["id"],
            "is_deleted": False,
            "position": POSITION,
            "conflict": None,
            "entry": None,
            "shelf": None,
            "item": None,
            "bookmark": None,
            "review": None,
        }
    ],
    "next": 41,
    "has_more": False,
}
STATS = {"heard_ms": 3_600_000, "days": [{"day": "2026-01-02", "listened_ms": 1_800_000}]}
