"""What playback does: begin and end sessions, take in events, settle conflicts, keep the months of events."""

from audiobooks.playback.services.batches import BatchResult, OfflineSession, events_store, positions_sync
from audiobooks.playback.services.conflicts import conflict_settle, conflict_undo, policy_set
from audiobooks.playback.services.events import Outcome, Told
from audiobooks.playback.services.sessions import session_begin, session_close
from audiobooks.playback.services.upkeep import events_upkeep

__all__ = [
    "BatchResult",
    "OfflineSession",
    "Outcome",
    "Told",
    "conflict_settle",
    "conflict_undo",
    "events_store",
    "events_upkeep",
    "policy_set",
    "positions_sync",
    "session_begin",
    "session_close",
]
