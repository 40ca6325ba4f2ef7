"""Step 3: ``.delay()`` after the commit. Where the broker is away, the order is there and nobody will settle it."""

from uuid import UUID

from django.db import transaction

from celery_playground.models import Order
from celery_playground.settle import Between, nothing
from celery_playground.tasks import settle_plainly


# --8<-- [start:place]
@transaction.atomic
def place(before_commit: Between = nothing) -> UUID:
    """Take an order, and once it is committed send a task to settle it."""
    order = Order.objects.create()
    transaction.on_commit(lambda: settle_plainly.delay(str(order.pk)))
    before_commit()
    return order.pk


# --8<-- [end:place]
