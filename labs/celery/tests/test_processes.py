"""Real workers and relays, killed; a real broker, cut off."""

import pytest
from django.db import connection, transaction

from celery_playground import crew
from celery_playground.models import Charge, Order
from celery_playground.proxy import Proxy
from celery_playground.settle import DOOR, jobs_at_the_door
from lab_celery import outbox
from lab_celery.models import DeadLetter, OutboxRow


@pytest.fixture
def environment(broker, transactional_db) -> dict[str, str]:
    return {
        "PLAYGROUND_DATABASE": connection.settings_dict["NAME"],
        "PLAYGROUND_QUEUE": broker.queue,
        "CELERY_BROKER_URL": broker.url,
        "DJANGO_SETTINGS_MODULE": "celery_playground.settings",
    }


@pytest.fixture
def door():
    """Stops every job between its halves, until it is opened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [DOOR])
        yield lambda: cursor.execute("SELECT pg_advisory_unlock_all()")
        cursor.execute("SELECT pg_advisory_unlock_all()")


def place(number: int) -> None:
    for _ in range(number):
        with transaction.atomic():
            outbox.publish("step5.ordered", order_id=Order.objects.create().pk)


def settled() -> int:
    return Order.objects.filter(is_settled=True).count()


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(
    broker, environment, door, wait_until
):
    place(4)
    with crew.relay(**environment):
        with crew.worker(broker.queue, at_once=2, **environment) as worker:
            wait_until(lambda: jobs_at_the_door() == 2)
            worker.kill()
        door()
        with crew.worker(broker.queue, at_once=2, **environment):
            wait_until(lambda: settled() == 4)

    assert Charge.objects.count() == 4
    assert not DeadLetter.objects.exists()


def test_a_relay_killed_between_sending_and_marking_doubles_no_effect(broker, environment, wait_until):
    place(5)
    with crew.worker(broker.queue, **environment), crew.relay(**environment) as relay:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE lab_celery_outboxrow IN SHARE MODE")
            OutboxRow.objects.filter(sent_at=None).count()
            wait_until(lambda: settled() == 5)
            relay.kill()
        assert OutboxRow.objects.filter(sent_at=None).count() == 5
        with crew.relay(**environment):
            wait_until(lambda: not OutboxRow.objects.filter(sent_at=None).exists())
            place(1)
            wait_until(lambda: settled() == 6)

    assert Charge.objects.count() == 6


def test_a_broker_that_is_away_delays_and_loses_nothing(broker, environment, wait_until):
    with Proxy(broker.url) as proxy:
        through = {**environment, "CELERY_BROKER_URL": proxy.url}
        with crew.worker(broker.queue, **through), crew.relay(**through):
            place(3)
            wait_until(lambda: settled() == 3)
            proxy.cut()
            place(5)
            waiting = outbox.lag(now=OutboxRow.objects.latest("due_at").due_at).waiting
            proxy.mend()
            wait_until(lambda: settled() == 8)

    assert waiting == 5
    assert Charge.objects.count() == 8
