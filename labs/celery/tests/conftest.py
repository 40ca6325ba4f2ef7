"""The suite runs on the playground, on a PostgreSQL named by DATABASE_URL and the brokers that there are."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "celery_playground.settings")

from brokers import Broker, is_amqp, rabbitmq_url


@pytest.fixture(params=["valkey", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A queue of its own on each kind of broker, empty before and gone after."""
    if request.param == "valkey":
        url = os.environ["CELERY_BROKER_URL"]
        url = os.environ["REDIS_URL"] if is_amqp(url) else url
    else:
        url = rabbitmq_url()
        try:
            Connection(url, connect_timeout=5).connect()
        except OSError as error:
            if "rabbitmq" in os.environ.get("REQUIRE_SERVICES", ""):
                raise
            pytest.skip(f"no RabbitMQ at {urlsplit(url).hostname}:{urlsplit(url).port}: {error}")
    broker = Broker(url, f"test-{uuid4().hex[:12]}")
    try:
        yield broker
    finally:
        broker.remove()


@pytest.fixture
def at_once() -> Callable[..., list]:
    """Return a function that does ``work(0)`` … ``work(number - 1)`` in threads that start together."""
    from django.db import connection  # noqa: PLC0415 -- after Django is set up

    def run(number: int, work: Callable[[int], object]) -> list:
        start = threading.Barrier(number, timeout=30)

        def one(index: int) -> object:
            start.wait()
            try:
                return work(index)
            finally:
                connection.close()

        with ThreadPoolExecutor(number) as pool:
            return list(pool.map(one, range(number)))

    return run


@pytest.fixture
def wait_until() -> Callable[[Callable[[], object]], None]:
    """Return a function that asks again and again until the answer is true, and fails after 60 seconds."""

    def wait(is_true: Callable[[], object]) -> None:
        deadline = time.monotonic() + 60
        while not is_true():
            assert time.monotonic() < deadline, "It never came true."
            threading.Event().wait(0.05)

    return wait
