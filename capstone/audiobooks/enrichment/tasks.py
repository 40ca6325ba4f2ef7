"""Asking the other catalogue, in a worker."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from audiobooks.enrichment.services import answers
from lab_celery.retries import Policy
from lab_celery.subscriptions import Delivery
from lab_celery.tasks import on_event

TRIES = Policy(attempts=4, base=timedelta(seconds=5), most=timedelta(minutes=2))


# --8<-- [start:look-up]
@on_event("enrichment.lookup_begun", policy=TRIES, in_transaction=False)
def look_up(delivery: Delivery, *, lookup_id: str, **_later: object) -> None:
    """Look a recording up. No transaction is open while the other side takes its time; safe twice."""
    is_last = delivery.attempt >= TRIES.attempts
    answers.lookup_run(lookup_id=UUID(lookup_id), is_last=is_last, clock=timezone.now)


# --8<-- [end:look-up]
