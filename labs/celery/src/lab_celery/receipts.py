"""Receipts: an event has its effect once, however often it is delivered."""

from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone

from lab_celery.models import Receipt
from lab_celery.subscriptions import Delivery

SIGN = "INSERT INTO lab_celery_receipt (event_id, task, done_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


def once(delivery: Delivery, effect: Callable[[], object]) -> bool:
    """
    Have the effect, with its receipt, in one transaction; return False where this task had it before.

    Two who try at once: the second waits for the first one's commit, and then has nothing to do, or for its rollback,
    and then does it. What the effect does outside of the database is done at least once. 1 query besides the effect's.
    """
    # --8<-- [start:receipt]
    with transaction.atomic(durable=True):
        if not sign(delivery):
            return False
        effect()
        return True
    # --8<-- [end:receipt]


def sign(delivery: Delivery) -> bool:
    """Write the receipt; False where there is one. Waits for whoever is writing it. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(SIGN, [delivery.event_id, delivery.task, timezone.now()])
        return bool(cursor.rowcount)


def is_done(delivery: Delivery) -> bool:
    """Tell whether there is a receipt."""
    return Receipt.objects.filter(event_id=delivery.event_id, task=delivery.task).exists()
