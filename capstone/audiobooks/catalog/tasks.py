"""Later, and again if need be."""

import logging
from datetime import timedelta

from audiobooks.catalog.services import cards
from lab_celery.retries import Policy
from lab_celery.schedule import every
from lab_celery.subscriptions import Delivery
from lab_celery.tasks import on_event

log = logging.getLogger(__name__)
SOON_AGAIN = Policy(attempts=3)

every(timedelta(days=1), "catalog.cards_due")


@on_event("catalog.cards_missing", queue="default", policy=SOON_AGAIN)
def make_missing_cards(_delivery: Delivery, **_later: object) -> None:
    """Make what a change of many cards let go of."""
    log.info("Made %s cards.", cards.cards_fill())


@on_event("catalog.cards_due", queue="periodic", policy=SOON_AGAIN)
def compare_cards(_delivery: Delivery, **_later: object) -> None:
    """Each night: make what is missing, and say what differed from its rows."""
    filled = cards.cards_fill()
    if wrong := cards.cards_compare():
        log.error("%s cards differed from their rows and were made again, such as %s", len(wrong), wrong[0])
    if filled:
        log.warning("%s cards were missing and were made.", filled)
