"""What playback holds of listeners: all of it is theirs."""

from audiobooks.personal_data import Held, Nobodys
from audiobooks.playback import models

TITLE = {"audiobook_title": "audiobook__title"}

HELD = (
    Held(models.Device, "user", "What you listen on."),
    Held(
        models.PlaybackSession, "user", "Your sittings: which recording, on which device, when.", also=TITLE
    ),
    Held(
        models.PositionEvent, "device__user", "What your devices told while you listened; kept for 400 days."
    ),
    Held(
        models.EventReceipt,
        "device__user",
        "That an event arrived.",
        not_exported="Numbers and digests of the events, which are exported themselves.",
    ),
    Held(models.ListeningPosition, "user", "Where you are in each recording.", also=TITLE),
    Held(models.Coverage, "user", "What you have heard of each recording, in milliseconds.", also=TITLE),
    Held(models.ListeningDay, "user", "How long you listened, by sitting and day."),
    Held(models.PlaybackPolicy, "user", "What you want done where two devices disagree."),
    Held(models.PositionConflict, "user", "Where two devices of yours went different ways.", also=TITLE),
)
NOBODYS: Nobodys = {}
