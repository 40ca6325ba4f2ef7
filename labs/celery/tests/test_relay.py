import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone

from celery_playground.proxy import Proxy
from lab_celery import outbox
from lab_celery.config import DELIVERY_LIMIT
from lab_celery.models import DeadLetter, OutboxRow
from lab_celery.relay import BATCH, BrokerAway, Relay, keep
from lab_celery.subscriptions import subscribe, unsubscribe


@pytest.fixture
def relay(broker, transactional_db):
    relay = Relay(broker.app())
    yield relay
    relay.hang_up()


@pytest.fixture
def ordered(broker):
    """A topic that ``shop.charge`` and ``shop.thank`` subscribe to."""
    topic, tasks = f"ordered-{uuid4()}", ("shop.charge", "shop.thank")
    for task in tasks:
        subscribe(topic, task, queue=broker.queue)
    yield topic
    for task in tasks:
        unsubscribe(topic, task)


def publish(topic: str, number: int = 1) -> list:
    with transaction.atomic():
        return [outbox.publish(topic, order_id=n) for n in range(number)]


def test_every_subscriber_is_told_once(broker, relay, ordered):
    (event_id,) = publish(ordered)

    assert relay.work(now=timezone.now()) == 1
    assert relay.work(now=timezone.now()) == 0

    told = {"event_id": str(event_id), "topic": ordered, "attempt": 1, "ids": {"order_id": 0}}
    assert sorted(broker.messages()) == [("shop.charge", told), ("shop.thank", told)]
    assert OutboxRow.objects.get().sent_at is not None


def test_a_retry_goes_to_its_own_task_and_not_before_its_time(broker, relay, ordered):
    now = timezone.now()
    OutboxRow.objects.create(
        event_id=uuid4(), topic=ordered, task="shop.thank", attempt=2, ids={}, due_at=now + timedelta(hours=1)
    )

    early, late = relay.work(now=now), relay.work(now=now + timedelta(hours=1))

    assert (early, late) == (0, 1)
    assert [(task, asked["attempt"]) for task, asked in broker.messages()] == [("shop.thank", 2)]


def test_what_nobody_subscribes_to_is_done_with(broker, relay, caplog):
    publish("nobody.listens")

    assert relay.work(now=timezone.now()) == 1
    assert "Nobody subscribes to nobody.listens" in caplog.text


@pytest.mark.parametrize("number", [BATCH, 2 * BATCH + 1])
def test_all_that_is_due_is_handed_over_however_much_it_is(broker, relay, ordered, number):
    publish(ordered, number)

    assert relay.work(now=timezone.now()) == number
    assert len(broker.messages()) == 2 * number


def test_three_relays_at_once_hand_each_event_over_once(broker, transactional_db, ordered, at_once):
    publish(ordered, 300)

    def work(_index: int) -> int:
        relay = Relay(broker.app())
        try:
            return relay.work(now=timezone.now())
        finally:
            relay.hang_up()

    assert sum(at_once(3, work)) == 300
    assert len({(task, asked["event_id"]) for task, asked in broker.messages()}) == 600
    assert broker.messages() == []


def test_a_relay_passes_by_what_another_has_in_hand(broker, relay, ordered, at_once):
    def work(_index: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")  # who waits for the other fails
        return relay.work(now=timezone.now())

    first, second = publish(ordered, 2)
    with transaction.atomic():
        OutboxRow.objects.select_for_update().get(pk=first)

        assert at_once(1, work) == [1]

    assert {asked["event_id"] for _, asked in broker.messages()} == {str(second)}


def test_without_a_broker_the_events_stay_and_are_handed_over_once_it_is_back(
    broker, transactional_db, ordered
):
    publish(ordered, 5)
    with Proxy(broker.url) as proxy:
        relay = Relay(broker.app(proxy.url))
        proxy.cut()
        for _ in range(3):
            with pytest.raises(BrokerAway, match="takes no messages"):
                relay.hand_over(now=timezone.now())
        waiting = outbox.lag(now=timezone.now()).waiting

        proxy.mend()
        handed = relay.work(now=timezone.now())
        relay.hang_up()

    assert (waiting, handed) == (5, 5)
    assert len(broker.messages()) == 10


def test_what_the_broker_took_before_it_went_away_is_marked(broker, transactional_db, ordered, monkeypatch):
    publish(ordered, 5)
    with Proxy(broker.url) as proxy:
        relay = Relay(broker.app(proxy.url))
        told = []

        def tell(one, row):
            told.append(row)
            if len(told) == 5:  # the third row's first message
                proxy.cut()
            Relay.tell(relay, one, row)

        monkeypatch.setattr(relay, "tell", tell)
        with pytest.raises(BrokerAway):
            relay.hand_over(now=timezone.now())

    assert OutboxRow.objects.exclude(sent_at=None).count() == 2
    assert len(broker.messages()) == 4


def test_a_queue_that_nobody_serves_is_refused_at_the_start(broker, transactional_db):
    subscribe("ordered", "shop.charge", queue="nowhere")
    try:
        with pytest.raises(ImproperlyConfigured, match=r"shop\.charge subscribes on the queue 'nowhere'"):
            Relay(broker.app())
    finally:
        unsubscribe("ordered", "shop.charge")


def test_what_rabbitmq_gave_up_is_buried_and_a_plain_tasks_message_logged(db, caplog):
    asked = {"event_id": str(uuid4()), "topic": "ordered", "attempt": 3, "ids": {"order_id": 7}}

    keep({"task": "shop.charge"}, asked, now=timezone.now())
    keep({"task": "shop.count"}, {"number": 7}, now=timezone.now())

    letter = DeadLetter.objects.get()
    assert (str(letter.event_id), letter.task, letter.attempts) == (asked["event_id"], "shop.charge", 3)
    assert letter.reason.startswith("BrokerGaveUp")
    assert "RabbitMQ gave up shop.count({'number': 7})" in caplog.text


@pytest.mark.rabbitmq
@pytest.mark.parametrize("broker", ["rabbitmq"], indirect=True)
def test_what_brought_20_workers_down_is_put_aside_by_rabbitmq_and_buried(broker, relay, ordered, wait_until):
    (event_id,) = publish(ordered)
    unsubscribe(ordered, "shop.thank")
    relay.work(now=timezone.now())
    with relay.app.connection_for_read() as connection:
        queue = relay.app.amqp.queues[broker.queue](connection.default_channel)
        for _ in range(DELIVERY_LIMIT + 1):
            queue.get().requeue()

    wait_until(lambda: relay.collect(now=timezone.now()) == 1)  # RabbitMQ puts it aside a moment later

    assert relay.collect(now=timezone.now()) == 0
    assert (DeadLetter.objects.get().event_id, broker.messages()) == (event_id, [])


@pytest.mark.parametrize(
    "module", ["lab_celery", "lab_celery.outbox", "lab_celery.progress", "lab_celery.schedule"]
)
def test_what_services_import_brings_no_celery_along(module):
    said = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM.format(module=module)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.strip() == "[]"


PROGRAM = """
import sys
from django.conf import settings
settings.configure(INSTALLED_APPS=["lab_celery"])
import django
django.setup()
import {module}
print([name for name in sys.modules if name.partition(".")[0] == "celery"])
"""
