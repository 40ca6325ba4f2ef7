"""Step 2: ``.delay()`` in the transaction. The worker may be faster than the commit, and finds no order."""

from uuid import UUID

from django.db import transaction

from celery_playground.models import Order
from celery_playground.settle import Between, nothing
from celery_playground.tasks import settle_plainly


# --8<-- [start:place]
@transaction.atomic
def place(before_commit: Between = nothing) -> UUID:
    """Take an order, and send a task to settle it."""
    order = Order.objects.create()
    settle_plainly.delay(str(order.pk))
    before_commit()
    return order.pk


# --8<-- [end:place]
