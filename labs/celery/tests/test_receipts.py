from uuid import uuid4

import pytest
from django.db import transaction

from celery_playground.models import Charge, Order
from lab_celery.models import Receipt
from lab_celery.receipts import once
from lab_celery.subscriptions import Delivery


@pytest.fixture
def delivery() -> Delivery:
    return Delivery(uuid4(), "ordered", "shop.charge", {"order_id": str(uuid4())})


def charge(delivery: Delivery) -> None:
    Charge.objects.create(order_id=delivery.ids["order_id"])


def test_an_event_delivered_three_times_has_its_effect_once(db, delivery):
    done = [once(delivery, lambda: charge(delivery)) for _ in range(3)]

    assert done == [True, False, False]
    assert Charge.objects.count() == 1


def test_an_event_delivered_eight_times_at_once_has_its_effect_once(transactional_db, at_once, delivery):
    done = at_once(8, lambda _: once(delivery, lambda: charge(delivery)))

    assert sorted(done) == [False] * 7 + [True]
    assert Charge.objects.count() == 1


def test_another_task_and_another_event_have_their_own_effect(db, delivery):
    others = [
        Delivery(delivery.event_id, "ordered", "shop.thank", delivery.ids),
        Delivery(uuid4(), "ordered", "shop.charge", delivery.ids),
    ]

    done = [once(one, lambda: charge(delivery)) for one in (delivery, *others)]

    assert done == [True] * 3


def test_an_effect_that_fails_leaves_no_receipt_and_no_row(transactional_db, delivery):
    def fail() -> None:
        charge(delivery)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once(delivery, fail)

    assert not Receipt.objects.exists()
    assert not Charge.objects.exists()
    assert once(delivery, lambda: charge(delivery))


def test_a_receipt_is_never_part_of_a_larger_transaction(transactional_db, delivery):
    """It would be seen late, and an effect would wait for it with the broker's patience running."""
    with (
        pytest.raises(RuntimeError, match="durable"),
        transaction.atomic(),
    ):
        once(delivery, Order.objects.create)
