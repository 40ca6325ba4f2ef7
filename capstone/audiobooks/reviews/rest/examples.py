"""One example of each shape, for the OpenAPI document; they belong together, and a test holds them to their schemas."""

from audiobooks.library.rest.examples import BOOK

REVIEW_IN = {
    "overall": 5,
    "performance": 5,
    "story": 4,
    "text": "I missed my stop twice.",
    "is_spoiler": False,
}
REVIEW_CHANGE_IN = {"overall": 4, "text": "I missed my stop once."}
REVIEW = {
    "id": "019b76da-a800-7e41-8c6f-1f0a6f3f7f10",
    "audiobook": BOOK,
    "author": "bo",
    "is_yours": False,
    "overall": 5,
    "performance": 5,
    "story": 4,
    "text": "I missed my stop twice.",
    "is_spoiler": False,
    "helpful_count": 7,
    "found_helpful": True,
    "created_at": "2026-01-02T09:10:00Z",
    "edited_at": None,
    "hidden": None,
    "version": 1,
}
REPORT_IN = {"reason": "spoiler", "note": "It names who marries whom."}
REPORT = REPORT_IN | {"created_at": "2026-01-03T10:00:00Z", "settled_at": None}
HIDE_IN = {"reason": "spoiler", "note": "Set the spoiler flag, and it can be shown again."}
NOTE_IN = {"note": "It has a warning now."}
STAFF_REVIEW = {
    "id": REVIEW["id"],
    "audiobook": BOOK,
    "author": "bo",
    "overall": 5,
    "performance": 5,
    "story": 4,
    "text": "They marry in the end.",
    "is_spoiler": False,
    "helpful_count": 0,
    "created_at": "2026-01-02T09:10:00Z",
    "edited_at": None,
    "hidden": None,
    "queued_at": "2026-01-03T10:00:00Z",
    "open_reports": 1,
    "reports": [REPORT | {"reporter": "cy"}],
    "decisions": [
        {
            "action": "restore",
            "reason": "",
            "note": "It has a warning now.",
            "moderator": "staff",
            "decided_at": "2026-01-02T12:00:00Z",
        }
    ],
    "version": 3,
}
