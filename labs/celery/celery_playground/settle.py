"""The job itself, the same for all five ways: charge an order once, then mark it as settled."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import connection

from celery_playground.models import Charge, Order, Run

DOOR = 20260  # an advisory lock: who holds it stops every job between its halves
Between = Callable[[], object]


def nothing() -> None:
    """Do nothing between the order and its commit."""


# --8<-- [start:settle]
def settle(order_id: UUID | str) -> None:
    """Charge the order, and mark it. Raises ``Order.DoesNotExist``."""
    order = Order.objects.get(pk=order_id)
    charge(order.pk)
    pass_door()
    Order.objects.filter(pk=order_id).update(is_settled=True)


# --8<-- [end:settle]


def pass_door() -> None:
    """Wait while somebody holds the door."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s), pg_advisory_unlock_shared(%s)", [DOOR, DOOR])


def charge(order_id: UUID | str) -> None:
    """Charge an order, whether it is charged already or not."""
    Charge.objects.create(order_id=order_id)


def charges(order_id: UUID | str) -> int:
    """Return how often an order is charged."""
    return Charge.objects.filter(order_id=order_id).count()


def settled(order_ids: Iterable[UUID]) -> int:
    """Return how many of these are settled."""
    return Order.objects.filter(pk__in=order_ids, is_settled=True).count()


def is_run(what: str) -> bool:
    """Tell whether a worker has passed by."""
    return Run.objects.filter(what=what).exists()


def jobs_at_the_door() -> int:
    """Return how many jobs wait there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND objid = %s AND NOT granted",
            [DOOR],
        )
        return int(cursor.fetchone()[0])
