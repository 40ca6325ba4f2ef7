"""A queue of its own on a real broker: an application that uses it, what lies in it, and an end to it."""

import os
from datetime import timedelta
from urllib.parse import urlsplit

from celery import Celery
from django.conf import settings
from kombu import Connection

from lab_celery.config import celery_settings


def is_amqp(url: str) -> bool:
    return urlsplit(url).scheme == "amqp"


def rabbitmq_url() -> str:
    return os.environ.get("RABBITMQ_URL") or "amqp://guest:guest@127.0.0.1:5672//"


class Broker:
    def __init__(self, url: str, queue: str) -> None:
        self.url, self.queue = url, queue

    def app(self, url: str = "") -> Celery:
        """Return an application on the queue; ``url`` is another way to the broker."""
        queues = [self.queue, settings.QUEUE]
        wanted = celery_settings(
            url or self.url, queues, longest=timedelta(seconds=2), prefix=f"{self.queue}:"
        )
        app = Celery("tests", set_as_current=False)
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
                channel.queue_delete(self.queue)
                channel.exchange_delete(self.queue)
            elif keys := channel.client.keys(f"{self.queue}*"):
                channel.client.delete(*keys)
