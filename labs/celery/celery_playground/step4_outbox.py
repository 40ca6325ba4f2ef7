"""Step 4: the outbox. Nothing is lost any more; what is delivered twice is charged twice."""

from uuid import UUID

from django.db import transaction

from celery_playground.models import Order
from celery_playground.settle import Between, nothing
from lab_celery import outbox


# --8<-- [start:place]
@transaction.atomic
def place(before_commit: Between = nothing) -> UUID:
    """Take an order, and publish it: the relay tells the worker."""
    order = Order.objects.create()
    outbox.publish("step4.ordered", order_id=order.pk)
    before_commit()
    return order.pk


# --8<-- [end:place]
