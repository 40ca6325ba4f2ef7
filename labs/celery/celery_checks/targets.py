"""What the checks ask: the part, on a database, a queue and a way to the broker of their own."""

import atexit
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from celery import Celery
from django.db import connection, transaction
from kombu import Queue

from celery_checks import broker
from celery_playground.trials import remove_queue
from lab_celery import outbox
from lab_celery.config import dead_queue, quorum_queue, rabbitmq_options, valkey_options
from lab_celery.models import OutboxRow
from lab_celery.relay import Relay
from lab_celery.subscriptions import Delivery, subscribe
from nexus.labs.checking import Mismatch

Result = TypeVar("Result")
SHOW = "./nexus lab show celery"


class Shop:
    """Publishes, hands over and delivers. Each check has a topic of its own."""

    broker = broker

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
        for task in ("shop.charge", "shop.thank"):
            subscribe(topic, task, queue=self.queue)
        return topic

    def publish(self, topic: str, number: int = 1) -> None:
        """Publish events as a service does."""
        with transaction.atomic():
            for order_id in range(number):
                outbox.publish(topic, order_id=order_id)

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


playground = Shop
