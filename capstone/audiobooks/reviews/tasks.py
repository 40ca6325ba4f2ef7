"""Later: letters to authors, and the nightly comparison."""

import logging
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from audiobooks.reviews import services
from lab_celery.retries import Policy
from lab_celery.schedule import every
from lab_celery.subscriptions import Delivery
from lab_celery.tasks import on_event

log = logging.getLogger(__name__)
AGAIN = Policy(attempts=3)  # the next night comes anyway


@on_event("reviews.decided", queue="mail")
def tell_author(delivery: Delivery, *, decision_id: str, **_later: object) -> None:
    """Send the author the letter of one decision."""
    services.decision_send(delivery, decision_id=UUID(decision_id))


# --8<-- [start:nightly]
every(timedelta(days=1), "reviews.check_due")


@on_event("reviews.check_due", queue="periodic", policy=AGAIN, in_transaction=False)
def check_summaries(_delivery: Delivery, **_later: object) -> None:
    """Compare what is shown of reviews with what was written; at midnight UTC, and safe at any time."""
    check = services.summaries_check(now=timezone.now())
    log.info(
        "Compared %s reviews of %s recordings: %s differences.",
        check.reviews,
        check.audiobooks,
        check.differences,
    )


# --8<-- [end:nightly]
