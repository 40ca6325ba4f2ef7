"""The suite runs on the playground, on a PostgreSQL named by DATABASE_URL and the brokers that there are."""

import os
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from celery import Celery
from django.conf import settings
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "celery_playground.settings")

from lab_celery.config import celery_settings

pytest_plugins = ["nexus.labs.fixtures"]


def is_amqp(url: str) -> bool:
    return urlsplit(url).scheme == "amqp"


def rabbitmq_url() -> str:
    return os.environ.get("RABBITMQ_URL") or "amqp://guest:guest@127.0.0.1:5672//"


class Broker:
    """A queue of its own on a real broker: an application that uses it, what lies in it, and an end to it."""

    def __init__(self, url: str, queue: str) -> None:
        self.url, self.queue = url, queue

    def app(self, url: str = "") -> Celery:
        """Return an application on the queue; ``url`` is another way to the broker."""
        queues = [self.queue, settings.QUEUE]
        wanted = celery_settings(
            url or self.url, queues, longest=timedelta(seconds=2), prefix=f"{self.queue}:"
        )
        app = Celery("tests", set_as_current=False)
        address = wanted.pop("CELERY_BROKER_URL")  # Celery prefers the variable of that name to the setting
        app.conf.update(broker_read_url=address, broker_write_url=address)
        app.conf.update({name.removeprefix("CELERY_").lower(): value for name, value in wanted.items()})
        return app

    def messages(self) -> list[tuple[str, dict]]:
        """Take what lies in the queue: the tasks' names and arguments."""
        app, found = self.app(), []
        with app.connection_for_read() as connection:
            queue = app.amqp.queues[self.queue](connection.default_channel)
            queue.declare()
            while message := queue.get():
                found.append((message.headers["task"], message.payload[1]))
                message.ack()
        return found

    def remove(self) -> None:
        with Connection(self.url) as connection, connection.channel() as channel:
            if is_amqp(self.url):
                for name in (self.queue, f"{self.queue}.dead-letters"):
                    channel.queue_delete(name)
                    channel.exchange_delete(name)
            elif keys := channel.client.keys(f"{self.queue}*"):
                channel.client.delete(*keys)


@pytest.fixture(params=["valkey", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A queue of its own on each kind of broker, empty before and gone after."""
    if request.param == "valkey":
        url = os.environ["CELERY_BROKER_URL"]
        url = os.environ["REDIS_URL"] if is_amqp(url) else url
    else:
        url = rabbitmq_url()
        try:
            with Connection(url, connect_timeout=5) as connection:
                connection.connect()
        except OSError as error:
            if "rabbitmq" in os.environ.get("REQUIRE_SERVICES", ""):
                raise
            pytest.skip(f"no RabbitMQ at {urlsplit(url).hostname}:{urlsplit(url).port}: {error}")
    broker = Broker(url, f"test-{uuid4().hex[:12]}")
    try:
        yield broker
    finally:
        broker.remove()
