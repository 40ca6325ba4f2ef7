"""Keeping the tables of events as long as they need to be, and no longer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from audiobooks.library.revisions import tombstones_forget
from audiobooks.playback.merge import MOST_OFFLINE
from audiobooks.playback.models import EventReceipt
from audiobooks.playback.partitions import partitions_drop, partitions_make

RECEIPTS_KEPT = 2 * MOST_OFFLINE  # an event that is older than one of these is refused for its age
TOMBSTONES_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What was done."""

    made: list[date]
    dropped: list[date]
    receipts: int
    tombstones: int


def events_upkeep(*, now: datetime) -> Upkeep:
    """Make the months ahead, drop those long past, forget old receipts and deletions; safe to repeat."""
    receipts = EventReceipt.objects.filter(stored_at__lt=now - RECEIPTS_KEPT)
    return Upkeep(
        made=partitions_make(now=now),
        dropped=partitions_drop(now=now),
        receipts=receipts._raw_delete(receipts.db),
        tombstones=tombstones_forget(before=now - TOMBSTONES_KEPT),
    )
