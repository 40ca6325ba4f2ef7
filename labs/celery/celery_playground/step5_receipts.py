"""Step 5: the outbox, and a consumer that signs a receipt in the transaction of its effect."""

from uuid import UUID

from django.db import transaction

from celery_playground.models import Order
from celery_playground.settle import Between, nothing
from lab_celery import outbox


# --8<-- [start:place]
@transaction.atomic
def place(before_commit: Between = nothing) -> UUID:
    """Take an order, and publish it: the same as step 4. The difference is in tasks.py."""
    order = Order.objects.create()
    outbox.publish("step5.ordered", order_id=order.pk)
    before_commit()
    return order.pk


# --8<-- [end:place]
