"""What the worker runs: the job as a plain task, as a subscriber without a receipt, and as one with; and jobs to be timed."""

import os
import time
from typing import Any

from celery import shared_task
from django.conf import settings

from celery_playground.models import Run, Timed
from celery_playground.settle import settle
from celery_playground.work import do
from lab_celery.subscriptions import Delivery, subscribe
from lab_celery.tasks import on_event


# --8<-- [start:plain-task]
@shared_task(acks_late=False)  # Celery's default: the broker forgets the message before the work begins
def settle_plainly(order_id: str) -> None:
    """Steps 2 and 3."""
    settle(order_id)


# --8<-- [end:plain-task]


# --8<-- [start:not-idempotent]
@shared_task
def settle_again(event_id: str, ids: dict[str, Any], **_later: object) -> None:
    """Step 4: told by the relay, and does what it is told as often as it is told."""
    settle(ids["order_id"])


subscribe("step4.ordered", f"{__name__}.settle_again", queue=settings.QUEUE)
# --8<-- [end:not-idempotent]


# --8<-- [start:idempotent]
@on_event("step5.ordered", queue=settings.QUEUE)
def settle_once(delivery: Delivery, *, order_id: str, **_later: object) -> None:
    """Step 5: the charge and its receipt are one transaction."""
    settle(order_id)


# --8<-- [end:idempotent]


@shared_task
def pass_by(what: str) -> None:
    """Do nothing but be seen: what was sent to the one worker before this has been run."""
    Run.objects.create(what=what)


@shared_task
def timed(batch: str, number: int, kind: str, sent_s: float) -> None:
    """Do a job of this kind, and write down when."""
    begun_s = time.time()
    do(kind)
    Timed.objects.create(
        batch=batch, number=number, waited_s=begun_s - sent_s, ended_s=time.time(), process=os.getpid()
    )
