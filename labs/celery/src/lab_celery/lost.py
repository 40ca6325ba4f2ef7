"""
What Valkey let go of: handed over, in no queue, in no worker's hands, and never done.

Kombu takes a message off Valkey's list by one command and notes whose it is by the next. A worker that is killed between
the two, or that Valkey leaves between the two, takes the message with it. RabbitMQ has no such moment.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from lab_celery.subscriptions import topics

SENT_BEFORE = timedelta(seconds=30)  # till then it may be between any two steps
SENT_WITHIN = timedelta(days=1)
MOST = 1_000
UNDONE = """
    SELECT row.id, row.event_id::text, told.queue
    FROM lab_celery_outboxrow AS row
    JOIN unnest(%s::text[], %s::text[], %s::text[]) AS told (topic, task, queue)
      ON told.topic = row.topic AND row.task IN ('', told.task)
    WHERE row.sent_at BETWEEN %s AND %s
      AND NOT EXISTS (SELECT FROM lab_celery_receipt AS done
                      WHERE done.event_id = row.event_id AND done.task = told.task)
      AND NOT EXISTS (SELECT FROM lab_celery_deadletter AS dead
                      WHERE dead.event_id = row.event_id AND dead.task = told.task)
      AND NOT EXISTS (SELECT FROM lab_celery_outboxrow AS again
                      WHERE again.event_id = row.event_id AND again.task = told.task AND again.attempt > row.attempt)
    ORDER BY row.sent_at LIMIT %s
"""


Row = tuple[UUID, str, str]  # the outbox row's id, the event's, the queue


def undone(*, now: datetime) -> list[Row]:
    """Return what was handed over 30 s to a day ago, and that some task has not done; 1,000 at most. 1 query."""
    told = [(topic, one.task, one.queue) for topic, ones in topics().items() for one in ones]
    columns = [list(column) for column in zip(*told, strict=True)] or [[], [], []]
    with connection.cursor() as cursor:
        cursor.execute(UNDONE, [*columns, now - SENT_WITHIN, now - SENT_BEFORE, MOST])
        found: list[Row] = cursor.fetchall()
    return found


def missing(rows: list[Row], channel: Any) -> set[UUID]:
    """
    Return the ids of the outbox rows that ``channel``'s Valkey has nothing of.

    One that is on its way this moment may be among them: hand over again what was missing twice in a row. 1 command a
    queue, and 1 for what workers have in hand.
    """
    # --8<-- [start:missing]
    lengths = {queue: channel.queue_declare(queue=queue).message_count for _, _, queue in rows}
    in_hand = b"".join(channel.client.hvals(f"{channel.global_keyprefix}{channel.unacked_key}")).decode()
    return {pk for pk, event_id, queue in rows if not lengths[queue] and event_id not in in_hand}
    # --8<-- [end:missing]
