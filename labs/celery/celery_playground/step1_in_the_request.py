"""Step 1: the work inside the request. Nothing is lost, and the caller waits for all of it."""

from uuid import UUID

from django.db import transaction

from celery_playground.models import Order
from celery_playground.settle import Between, nothing, settle


# --8<-- [start:place]
@transaction.atomic
def place(before_commit: Between = nothing) -> UUID:
    """Take an order, and settle it before the answer."""
    order = Order.objects.create()
    settle(order.pk)
    before_commit()
    return order.pk


# --8<-- [end:place]
