"""What Valkey lost is handed over again; what waits, is in a worker's hands, is done, dead or tried again is not."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from lab_celery import outbox
from lab_celery.models import DeadLetter, OutboxRow, Receipt
from lab_celery.relay import Relay
from lab_celery.subscriptions import subscribe, unsubscribe

LATER = timedelta(seconds=31)


@pytest.fixture
def relay(broker, transactional_db):
    relay = Relay(broker.app())
    yield relay
    relay.hang_up()


@pytest.fixture
def event(broker, relay):
    """An event that ``shop.charge`` is told of, in the queue."""
    subscribe("ordered", "shop.charge", queue=broker.queue)
    with transaction.atomic():
        event_id = outbox.publish("ordered", order_id=7)
    relay.work(now=timezone.now())
    yield event_id
    unsubscribe("ordered", "shop.charge")


def recovered(relay, looks: int = 2) -> list[int]:
    """Return how many rows each look, a while later, has handed over again."""
    return [relay.recover(now=timezone.now() + LATER) for _ in range(looks)]


@pytest.mark.parametrize("broker", ["valkey"], indirect=True)
def test_what_was_taken_and_never_noted_is_handed_over_again(broker, relay, event):
    broker.messages()  # popped, by somebody who then was no more

    assert recovered(relay) == [0, 1]
    assert relay.hand_over(now=timezone.now() + LATER) == 1

    assert [(task, asked["event_id"]) for task, asked in broker.messages()] == [("shop.charge", str(event))]


def test_what_waits_in_the_queue_is_left_there(broker, relay, event):
    assert recovered(relay, looks=3) == [0, 0, 0]
    assert len(broker.messages()) == 1


def test_what_a_worker_has_in_hand_is_left_to_it(broker, relay, event):
    with relay.app.connection_for_read() as connection:
        message = relay.app.amqp.queues[broker.queue](connection.default_channel).get()

        assert recovered(relay, looks=3) == [0, 0, 0]

        message.ack()


@pytest.mark.rabbitmq
@pytest.mark.parametrize("broker", ["rabbitmq"], indirect=True)
def test_rabbitmq_loses_nothing_and_is_not_asked(broker, relay, event):
    broker.messages()

    assert recovered(relay, looks=3) == [0, 0, 0]


@pytest.mark.parametrize("broker", ["valkey"], indirect=True)
@pytest.mark.parametrize("ended", ["done", "dead", "tried again"])
def test_what_came_to_an_end_is_not_missed(broker, relay, event, ended):
    broker.messages()
    now = timezone.now()
    row = {"event_id": event, "task": "shop.charge"}
    if ended == "done":
        Receipt.objects.create(**row, done_at=now)
    elif ended == "dead":
        DeadLetter.objects.create(**row, topic="ordered", ids={}, attempts=15, reason="", died_at=now)
    else:
        OutboxRow.objects.create(**row, topic="ordered", ids={}, attempt=2, due_at=now + timedelta(hours=1))

    assert recovered(relay, looks=3) == [0, 0, 0]


@pytest.mark.parametrize("broker", ["valkey"], indirect=True)
def test_of_two_who_are_told_the_one_that_lost_it_is_enough(broker, relay, event):
    subscribe("ordered", "shop.thank", queue=broker.queue)
    try:
        broker.messages()
        Receipt.objects.create(event_id=event, task="shop.charge", done_at=timezone.now())

        assert recovered(relay) == [0, 1]
    finally:
        unsubscribe("ordered", "shop.thank")


@pytest.mark.parametrize("broker", ["valkey"], indirect=True)
def test_it_looks_by_itself_and_not_at_what_was_handed_over_this_moment(broker, relay, event):
    broker.messages()
    now = timezone.now()

    early = relay.work(now=now + timedelta(seconds=16)) + relay.work(now=now + timedelta(seconds=29))
    late = relay.work(now=now + timedelta(seconds=31)), relay.work(now=now + timedelta(seconds=47))

    assert (early, late) == (0, (0, 1))
