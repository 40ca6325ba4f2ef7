from datetime import timedelta
from uuid import uuid4

import pytest
from celery.exceptions import Reject
from django.conf import settings
from django.db import OperationalError, connection

from celery_playground.models import Charge
from lab_celery import tasks
from lab_celery.models import DeadLetter, OutboxRow, Receipt
from lab_celery.retries import Policy
from lab_celery.subscriptions import Delivery, Subscription, subscriptions
from lab_celery.tasks import deliver, on_event

POLICY = Policy(attempts=2, base=timedelta(seconds=1))


@pytest.fixture
def delivery() -> Delivery:
    return Delivery(uuid4(), "ordered", "shop.charge", {"order_id": str(uuid4())})


def charge(delivery: Delivery, *, order_id: str, **_later: object) -> None:
    Charge.objects.create(order_id=order_id)


def fail(delivery: Delivery, **ids: object) -> None:
    charge(delivery, **ids)
    raise ValueError("no")


@pytest.fixture(scope="session")
def task():
    return on_event("tested.ordered", queue=settings.QUEUE)(charge)


def test_a_task_subscribes_under_its_own_name(task):
    assert subscriptions("tested.ordered") == [Subscription(f"{charge.__module__}.charge", settings.QUEUE)]
    assert task.name == f"{charge.__module__}.charge"


def test_a_task_tolerates_what_tomorrow_sends(db, task):
    order_id, event_id = str(uuid4()), str(uuid4())
    ids = {"order_id": order_id, "colour": "red"}

    assert task(event_id=event_id, attempt=1, ids=ids, priority=9)
    assert not task(event_id=event_id, attempt=2, ids=ids)

    assert Charge.objects.get().order_id.hex == order_id.replace("-", "")


def test_an_effect_without_later_is_refused_where_it_is_written():
    with pytest.raises(TypeError, match=r"must take \*\*_later"):
        on_event("tested.ordered")(lambda delivery, order_id: None)


def test_a_failure_leaves_nothing_but_the_next_attempt(transactional_db, delivery):
    assert not deliver(delivery, fail, POLICY)

    assert not Charge.objects.exists()
    assert not Receipt.objects.exists()
    assert OutboxRow.objects.get().attempt == 2


def test_a_message_that_came_before_counts_as_an_attempt(db, delivery):
    assert not deliver(delivery, charge, POLICY, is_again=True)

    assert not Charge.objects.exists()
    assert OutboxRow.objects.get().attempt == 2


def test_a_message_that_takes_every_worker_down_is_buried(db, delivery):
    last = Delivery(delivery.event_id, "ordered", "shop.charge", delivery.ids, attempt=2)

    deliver(last, charge, POLICY, is_again=True)

    assert DeadLetter.objects.get().reason.startswith("WorkerLost: A worker took this message before")


def test_a_message_that_comes_again_after_it_is_done_changes_nothing_and_worries_nobody(db, delivery, caplog):
    assert deliver(delivery, charge, POLICY)

    assert not deliver(delivery, charge, POLICY, is_again=True)

    assert not OutboxRow.objects.exists()
    assert Charge.objects.count() == 1
    assert caplog.text == ""


def test_without_a_database_the_message_goes_back_to_the_broker(db, delivery, monkeypatch):
    monkeypatch.setattr(tasks, "NO_DATABASE_PAUSE_S", 0)

    def away(execute, *args):
        raise OperationalError("the server is away")

    with connection.execute_wrapper(away), pytest.raises(Reject) as caught:
        deliver(delivery, charge, POLICY)

    assert caught.value.requeue


def test_an_effect_outside_of_a_transaction_gets_its_receipt_after_it(transactional_db, delivery):
    def long(delivery: Delivery, **ids: str) -> None:
        assert not connection.in_atomic_block
        charge(delivery, **ids)

    done = [deliver(delivery, long, POLICY, in_transaction=False) for _ in range(2)]

    assert done == [True, False]
    assert Charge.objects.count() == 1


def test_an_effect_outside_of_a_transaction_that_fails_gets_none(transactional_db, delivery):
    assert not deliver(delivery, fail, POLICY, in_transaction=False)

    assert not Receipt.objects.exists()
    assert Charge.objects.count() == 1
