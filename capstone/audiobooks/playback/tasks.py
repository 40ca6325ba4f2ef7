"""Later, and again if need be."""

import logging
from datetime import timedelta

from django.utils import timezone

from audiobooks.playback import services
from lab_celery.retries import Policy
from lab_celery.schedule import every
from lab_celery.subscriptions import Delivery
from lab_celery.tasks import on_event

log = logging.getLogger(__name__)
SOON_AGAIN = Policy(attempts=3)  # the next tick comes anyway

# --8<-- [start:upkeep]
every(timedelta(hours=1), "playback.upkeep_due")


@on_event("playback.upkeep_due", queue="periodic", policy=SOON_AGAIN)
def keep_position_events(_delivery: Delivery, **_later: object) -> None:
    """Make the months of events ahead and drop the old; forget old receipts and deletions."""
    done = services.events_upkeep(now=timezone.now())
    if done.made or done.dropped:
        log.info("Months of events made: %s; dropped: %s", done.made, done.dropped)


# --8<-- [end:upkeep]
