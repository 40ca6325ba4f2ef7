"""Later, and again if need be."""

import logging

from celery import shared_task
from django.utils import timezone

from audiobooks.playback import services

log = logging.getLogger(__name__)


@shared_task(name="audiobooks.playback.tasks.keep_position_events")
def keep_position_events(**_later: object) -> None:
    """Make the months of events ahead and drop the old. Scheduled hourly; safe to repeat."""
    done = services.events_upkeep(now=timezone.now())
    if done.made or done.dropped:
        log.info("Months of events made: %s; dropped: %s", done.made, done.dropped)
