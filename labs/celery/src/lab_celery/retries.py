"""What becomes of a delivery that failed: another try after a pause, and after the last one a dead letter."""

import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from lab_celery.models import DeadLetter, OutboxRow
from lab_celery.outbox import wake_relays
from lab_celery.receipts import is_done
from lab_celery.subscriptions import Delivery

TRACEBACK_LINES = 30


@dataclass(frozen=True, slots=True)
class Policy:
    """
    How often a task may try, and how long it pauses.

    The usual 15 tries outlast a mail server that is away for an hour: the pauses add up to 124 minutes on average.
    """

    attempts: int = 15
    base: timedelta = timedelta(seconds=2)
    most: timedelta = timedelta(hours=1)


def backoff(attempt: int, policy: Policy, chance: Callable[[], float] = random.random) -> timedelta:
    """
    Return the pause after a failed attempt, counted from 1: anything from nothing to base × 2 ** (attempt - 1), or the most.

    "Full jitter" (Marc Brooker, *Exponential Backoff And Jitter*, AWS Architecture Blog, 2015): thousands that failed
    together come back spread out. ``chance`` returns a number from 0 up to 1.
    """
    # --8<-- [start:backoff]
    longest = min(policy.most, policy.base * (1 << min(attempt - 1, 32)))
    return longest * chance()
    # --8<-- [end:backoff]


@transaction.atomic
def give_back(delivery: Delivery, error: BaseException, policy: Policy, *, now: datetime) -> None:
    """
    Promise another try, after a pause, or bury the delivery where it had its last one.

    Safe twice: a delivery that was delivered twice and fails twice is tried once more, not twice. One that has a
    receipt by now is done.
    """
    if is_done(delivery):
        return
    # --8<-- [start:retry]
    if delivery.attempt >= policy.attempts:
        bury(delivery, error, now=now)
        return
    pause = backoff(delivery.attempt, policy)
    again = row_for(delivery, attempt=delivery.attempt + 1, due_at=now + pause)
    OutboxRow.objects.bulk_create([again], ignore_conflicts=True)
    wake_relays()
    # --8<-- [end:retry]


def bury(delivery: Delivery, error: BaseException, *, now: datetime) -> None:
    """Keep what could not be done: what was asked, why it failed, the last 30 lines of the traceback. Safe twice."""
    # --8<-- [start:dead-letter]
    lines = "".join(traceback.format_exception(error)).splitlines()
    letter = DeadLetter(
        event_id=delivery.event_id,
        topic=delivery.topic,
        task=delivery.task,
        ids=delivery.ids,
        attempts=delivery.attempt,
        reason=printable(f"{type(error).__name__}: {error}")[:500],
        traceback=printable("\n".join(lines[-TRACEBACK_LINES:])),
        died_at=now,
    )
    DeadLetter.objects.bulk_create([letter], ignore_conflicts=True)
    # --8<-- [end:dead-letter]


def row_for(delivery: Delivery, *, attempt: int, due_at: datetime) -> OutboxRow:
    """Return a row that brings the event to this task alone."""
    return OutboxRow(
        event_id=delivery.event_id,
        topic=delivery.topic,
        task=delivery.task,
        ids=delivery.ids,
        attempt=attempt,
        due_at=due_at,
    )


def printable(text: str) -> str:
    """Return the text without what PostgreSQL cannot store: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()
