"""
Periodic work: an event for every so often, published once however many schedulers run. Imports no Celery.

The relay calls ``publish_due`` once a second; so may a cron job, or a second relay. After a pause the last tick is
published, and those before it are not made up for.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from lab_celery.outbox import publish

TICK = "INSERT INTO lab_celery_tick (name, due_at) VALUES (%s, %s) ON CONFLICT DO NOTHING"
EPOCH = datetime(2000, 1, 3, tzinfo=UTC)  # a Monday: what comes every week comes on Mondays


@dataclass(slots=True)
class Entry:
    """Publish ``topic`` every so often; ``last`` is the last tick that this process knows to be published."""

    topic: str
    interval: timedelta
    last: datetime | None = None

    # --8<-- [start:due-at]
    def due_at(self, now: datetime) -> datetime:
        """Return the last tick at or before ``now``."""
        return now - (now - EPOCH) % self.interval

    # --8<-- [end:due-at]


_entries: dict[str, Entry] = {}


def every(interval: timedelta, topic: str) -> None:
    """Publish ``topic`` at each multiple of the interval, with ``due_at`` as its one id."""
    if interval < timedelta(seconds=1):
        raise ValueError(f"{topic}: the relay looks once a second, so {interval} is too short.")
    _entries[topic] = Entry(topic, interval)


def never(topic: str) -> None:
    """Take a scheduled topic back."""
    _entries.pop(topic, None)


def publish_due(*, now: datetime) -> list[str]:
    """Publish what is due and not published, and return the topics. 1 query for each new tick, 3 more to publish it."""
    return [entry.topic for entry in _entries.values() if published(entry, entry.due_at(now))]


def published(entry: Entry, due_at: datetime) -> bool:
    """Publish one tick; False where somebody did."""
    if entry.last == due_at:
        return False
    # --8<-- [start:tick]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TICK, [entry.topic, due_at])
        is_first = bool(cursor.rowcount)
        if is_first:
            publish(entry.topic, due_at=due_at.isoformat())
    # --8<-- [end:tick]
    entry.last = due_at
    return is_first
