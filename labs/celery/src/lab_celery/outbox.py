"""
The outbox: an event is a row in the caller's transaction, so it is published if and only if the change is.

Imports no Celery: services call it. The relay (``manage.py outbox_relay``) hands the rows to the broker.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Min
from django.utils import timezone

from lab_celery.models import DeadLetter, OutboxRow, Progress, Receipt, Tick, new_id

log = logging.getLogger(__name__)

CHANNEL = "lab_celery_outbox"
MAX_PAYLOAD_BYTES = 1024
KEPT = timedelta(days=7)
RECEIPTS_KEPT = timedelta(days=60)  # longer than any message may lie in a broker
DEAD_LETTERS_KEPT = timedelta(days=90)
PRUNED_AT_ONCE = 5_000

Id = UUID | int | str


def publish(topic: str, **ids: Id) -> UUID:
    """
    Promise an event to every task that subscribes to ``topic``, and return its id: a time-ordered UUID.

    ``ids`` name what it is about, in 1,024 bytes of JSON at most: the task reads the rest, as it is by then. Raises
    ``TransactionManagementError`` outside of a transaction, and ``TypeError`` or ``ValueError`` for another payload.
    2 queries; the second wakes the relays at the commit.
    """
    # --8<-- [start:publish]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            f'publish("{topic}") belongs into the transaction of the change it tells of: with transaction.atomic().'
        )
    event_id = new_id()
    OutboxRow.objects.create(
        id=event_id, event_id=event_id, topic=topic, ids=payload(ids), due_at=timezone.now()
    )
    wake_relays()
    return event_id
    # --8<-- [end:publish]


def payload(ids: dict[str, Id]) -> dict[str, int | str]:
    """Return the ids as JSON holds them. Raises ``TypeError`` for an object, ``ValueError`` for too much."""
    # --8<-- [start:payload]
    for name, value in ids.items():
        if not isinstance(value, UUID | int | str):
            raise TypeError(
                f"{name} is a {type(value).__name__}: publish its id. It may have changed until the task runs."
            )
    packed = {name: str(value) if isinstance(value, UUID) else value for name, value in ids.items()}
    size = len(json.dumps(packed).encode())
    if size > MAX_PAYLOAD_BYTES:
        raise ValueError(
            f"{size} bytes of ids; {MAX_PAYLOAD_BYTES} are the most. Store it, and publish its id."
        )
    return packed
    # --8<-- [end:payload]


def wake_relays() -> None:
    """Wake the relays at the commit of this transaction (NOTIFY; nobody is woken by a rollback)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


@dataclass(frozen=True, slots=True)
class Lag:
    """How many events are due and not handed over, and for how long the oldest has been."""

    waiting: int
    oldest_s: float


def lag(*, now: datetime) -> Lag:
    """Return how far the relays are behind at ``now`` (aware UTC). 1 query, on the index of what waits."""
    due = OutboxRow.objects.filter(sent_at=None, due_at__lte=now)
    found = due.aggregate(waiting=Count("*"), oldest=Min("due_at"))
    oldest: datetime | None = found["oldest"]
    return Lag(found["waiting"], (now - oldest).total_seconds() if oldest else 0.0)


def prune(*, now: datetime) -> int:
    """
    Delete what was handed over 7 days ago, receipts, ticks and progress of 60 days, and dead letters of 90, which the log
    tells of; return how many, 5,000 of each at most.
    """
    forgotten = DeadLetter.objects.filter(died_at__lt=now - DEAD_LETTERS_KEPT)
    if count := forgotten.count():
        log.warning(
            "%s dead letters are deleted that nobody replayed in %s days.", count, DEAD_LETTERS_KEPT.days
        )
    old = (
        forgotten,
        Progress.objects.filter(updated_at__lt=now - RECEIPTS_KEPT),
        OutboxRow.objects.filter(sent_at__lt=now - KEPT),
        Receipt.objects.filter(done_at__lt=now - RECEIPTS_KEPT),
        Tick.objects.filter(due_at__lt=now - RECEIPTS_KEPT),
    )
    return sum(
        rows.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[:PRUNED_AT_ONCE])).delete()[0]
        for rows in old
    )
