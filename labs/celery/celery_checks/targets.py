"""What the checks ask: the part, on a database, a queue and a way to the broker of their own."""

import atexit
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import uuid4

from celery import Celery
from django.db import connection, transaction
from django.utils import timezone
from kombu import Queue

from celery_checks import broker
from celery_playground import tasks
from celery_playground.settle import charge, charges, is_run
from celery_playground.trials import remove_queue
from lab_celery import outbox
from lab_celery.config import dead_queue, quorum_queue, rabbitmq_options, valkey_options
from lab_celery.mail import message_id
from lab_celery.models import OutboxRow
from lab_celery.receipts import once
from lab_celery.relay import BrokerAway, Relay
from lab_celery.subscriptions import Delivery, subscribe
from nexus.labs.checking import Mismatch

if TYPE_CHECKING:
    from celery_checks.capstone import Capstone

Result = TypeVar("Result")
SHOW = "./nexus lab show celery"


class Shop:
    """Publishes, hands over and delivers. Each check has a topic of its own."""

    broker = broker
    subscribers = ("shop.charge", "shop.thank")

    address: ClassVar[str]  # the playground's, which shows what the checks left in the database
    queue = os.environ["PLAYGROUND_QUEUE"]

    def __init__(self, address: str) -> None:
        Shop.address = address

    @cached_property
    def relay(self) -> Relay:
        """Return a relay. Of the settings of Celery it has what a sender needs; those of workers are the last step's."""
        app = Celery("checks", broker=broker.url, set_as_current=False)
        is_rabbitmq = broker.url.startswith("amqp")
        app.conf.update(
            task_queues=[
                quorum_queue(self.queue, dead_queue(self.queue).name) if is_rabbitmq else Queue(self.queue)
            ],
            task_default_queue=self.queue,
            broker_transport_options=rabbitmq_options()
            if is_rabbitmq
            else valkey_options(2, f"{self.queue}:"),
        )
        atexit.register(remove_queue, app)
        return Relay(app)

    def topic(self) -> str:
        """Return a topic that two tasks subscribe to."""
        topic = f"ordered-{uuid4().hex[:8]}"
        for task in self.subscribers:
            subscribe(topic, task, queue=self.queue)
        return topic

    def publish(self, topic: str, number: int = 1) -> None:
        """Publish events as a service does."""
        with transaction.atomic():
            for order_id in range(number):
                outbox.publish(topic, order_id=order_id)

    # What follows asks of the part what ``capstone.Capstone`` asks of the platform.

    def promise(self, number: int) -> None:
        """Publish events of a new topic, which ``told`` and ``still_waiting`` speak of."""
        self.last_topic = self.topic()
        self.publish(self.last_topic, number)

    def promised_by_a_failure(self) -> int:
        """Publish, then roll back; return how many events there are."""
        topic = self.topic()
        with transaction.atomic():
            outbox.publish(topic, order_id=7)
            transaction.set_rollback(True)
        return len(self.rows(topic))

    def hand_over(self) -> str:
        """Hand over what is due; return the error's name where the broker is away."""
        try:
            self.relay.hand_over(now=timezone.now())
        except BrokerAway as error:
            return type(error).__name__
        return "no error"

    def told(self) -> list[str]:
        """Take what lies in the queue: the tasks that are told of the last topic."""
        return [task for task, asked in self.messages() if asked["topic"] == self.last_topic]

    def still_waiting(self) -> int:
        """Return how many of its events are not handed over."""
        return self.waiting(self.last_topic)

    def has_effect_without_a_worker(self) -> bool:
        """Send a task while no worker runs; tell whether it is done."""
        tasks.pass_by.delay(self.queue)
        is_done = is_run(self.queue)
        self.messages()
        return is_done

    def delivered(self, times: int) -> tuple[int, list[bool] | None]:
        """Deliver one event as often; return its charges, and what was said each time whether it was the first."""
        delivery = self.delivery()
        order = str(delivery.ids["order_id"])
        said = [once(delivery, lambda: charge(order)) for _ in range(times)]
        return charges(order), said

    def ids_of_two_attempts(self) -> tuple[str, str]:
        """Return the Message-IDs of a letter's first two attempts."""
        delivery = self.delivery()
        first, second = (message_id(replace(delivery, attempt=n), "example.com") for n in (1, 2))
        return first, second

    def ids_of_letters(self) -> list[str]:
        """Return the Message-IDs of a letter, of another event's, and of another task's."""
        delivery = self.delivery()
        others = [delivery, replace(delivery, event_id=uuid4()), replace(delivery, task="shop.thank")]
        return [message_id(one, "example.com") for one in others]

    # Only the part itself can be asked what follows.

    def rows(self, topic: str) -> list[OutboxRow]:
        """Return the outbox rows of a topic."""
        return list(OutboxRow.objects.filter(topic=topic).order_by("id"))

    def waiting(self, topic: str) -> int:
        """Return how many of them are not handed over."""
        return sum(row.sent_at is None for row in self.rows(topic))

    def delivery(self, attempt: int = 1) -> Delivery:
        """Return a delivery that nobody has seen yet."""
        return Delivery(uuid4(), self.topic(), "shop.charge", {"order_id": str(uuid4())}, attempt)

    def messages(self) -> list[tuple[str, dict[str, Any]]]:
        """Take what lies in the queue: tasks and arguments."""
        found = []
        with self.relay.app.connection_for_read() as link:
            queue = self.relay.app.amqp.queues[self.queue](link.default_channel)
            queue.declare()
            while message := queue.get():
                found.append((message.headers["task"], message.payload[1]))
                message.ack()
        return found

    def elsewhere(self, work: Callable[[], Result]) -> Result:
        """Do it on another connection to the database, and return its result."""

        def done() -> Result:
            try:
                return work()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(done).result()


def expect(is_right: bool, expected: str, actual: object, see: str = SHOW) -> None:
    """Go on only where this holds; ``see`` is a command, or a table that the playground shows. Raises ``Mismatch``."""
    if not is_right:
        command = see if " " in see else f"curl {Shop.address}/checks/{see}/"
        raise Mismatch(expected, str(actual), command)


def capstone(address: str) -> "Capstone":
    """Return the audiobook platform."""
    from celery_checks.capstone import Capstone  # noqa: PLC0415 -- it is a Shop's neighbour, and asks this module

    return Capstone(address)


playground = Shop
