"""How fast a worker is, by broker, pool and prefetch. `notebook.ipynb` prints and plots it."""

import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from celery import Celery
from kombu import Connection

from celery_playground import crew
from celery_playground.models import Timed
from celery_playground.trials import remove_queue, wait_until
from lab_celery.config import celery_settings

POOLS = ("solo", "threads", "prefork")
AT_ONCE = 4  # jobs, for the pools that can
NUMBERS = {"nothing": 40, "waits": 12, "computes": 12}
ALONE = 10  # jobs sent one by one
SHORT = 40  # jobs behind a long one


@dataclass(frozen=True)
class Queue:
    """A queue of its own on a broker, and how to send there."""

    url: str
    name: str
    app: Celery

    def send(self, kind: str, number: int, *, batch: str) -> None:
        """Send a job."""
        self.app.send_task(
            "celery_playground.tasks.timed", args=[batch, number, kind, time.time()], queue=self.name
        )


@dataclass(frozen=True)
class Speed:
    """Jobs in a second by kind, and how long a job lay in the queue where the worker had nothing else to do."""

    a_second: Mapping[str, float]
    waited_s: float


def brokers() -> tuple[dict[str, str], dict[str, str]]:
    """Return the addresses of the brokers that answer, and of each other one why not."""
    asked = os.environ["CELERY_BROKER_URL"]
    is_amqp = urlsplit(asked).scheme.startswith("amqp")
    known = {
        "Valkey": os.environ.get("REDIS_URL", "") if is_amqp else asked,
        "RabbitMQ": asked
        if is_amqp
        else os.environ.get("RABBITMQ_URL") or "amqp://guest:guest@127.0.0.1:5672//",
    }
    reasons = {name: why_not(url) for name, url in known.items()}
    answers = {name: url for name, url in known.items() if not reasons[name]}
    return answers, {name: reason for name, reason in reasons.items() if reason}


def why_not(url: str) -> str:
    """Return why a broker cannot be used; nothing where it can."""
    if not url:
        return "no address: set REDIS_URL"
    try:
        with Connection(url, connect_timeout=5) as link:
            link.connect()
    except Exception as error:  # noqa: BLE001 -- each transport raises its own; all mean the same here
        place = urlsplit(url)
        return f"none answers at {place.hostname}:{place.port or 5672} ({type(error).__name__})"
    return ""


@contextmanager
def queue_on(url: str) -> Iterator[Queue]:
    """Yield a queue, which is gone afterwards."""
    name = f"measure-{uuid4().hex[:8]}"
    wanted = celery_settings(url, [name], longest=timedelta(seconds=30), prefix=f"{name}:")
    app = Celery("measuring", set_as_current=False)
    address = wanted.pop("CELERY_BROKER_URL")  # Celery prefers the variable of that name to the setting
    app.conf.update(broker_read_url=address, broker_write_url=address)
    app.conf.update({key.removeprefix("CELERY_").lower(): value for key, value in wanted.items()})
    try:
        yield Queue(url, name, app)
    finally:
        remove_queue(app, name)
        app.close()


@contextmanager
def working(queue: Queue, *options: str, at_once: int = 1) -> Iterator[None]:
    """Have a worker serve a queue; it is killed at the end."""
    own = {"CELERY_BROKER_URL": queue.url, "PLAYGROUND_QUEUE": queue.name}
    with crew.worker(queue.name, *options, at_once=at_once, **own):
        yield


def by_pool(urls: Sequence[str]) -> list[dict[str, Speed]]:
    """Return for each broker how fast each pool is. The workers start together, and are measured one after the other."""
    with ExitStack() as stack:
        queues = [(url, pool, stack.enter_context(queue_on(url))) for url in urls for pool in POOLS]
        for _, pool, queue in queues:
            stack.enter_context(working(queue, f"--pool={pool}", at_once=AT_ONCE))
        for _, _, queue in queues:
            rows_of(queue, ["nothing"] * AT_ONCE)  # so that each is ready, and connected
        speeds = {(url, pool): speed(queue) for url, pool, queue in queues}
    return [{pool: speeds[url, pool] for pool in POOLS} for url in urls]


def speed(queue: Queue) -> Speed:
    """Measure one worker."""
    waited = [rows_of(queue, ["nothing"])[0].waited_s for _ in range(ALONE)]
    return Speed(
        {kind: a_second(queue, kind, number) for kind, number in NUMBERS.items()}, statistics.median(waited)
    )


def a_second(queue: Queue, kind: str, number: int) -> float:
    """Send jobs, and return how many were done in a second, from the first send to the last end."""
    begun_s = time.time()
    rows = rows_of(queue, [kind] * number)
    return number / (max(row.ended_s for row in rows) - begun_s)


def rows_of(queue: Queue, kinds: Sequence[str]) -> list[Timed]:
    """Send these jobs, wait until all are done, and return them in the order in which they were sent."""
    batch = str(uuid4())
    done = Timed.objects.filter(batch=batch)
    for number, kind in enumerate(kinds):
        queue.send(kind, number, batch=batch)
    wait_until(lambda: done.count() == len(kinds))
    return list(done.order_by("number"))


def behind_a_long_one(url: str, prefetches: Sequence[int]) -> list[list[Timed]]:
    """
    Have two workers, each for one job at a time; send a job of 1 s, then 40 short ones. Do so for each prefetch.

    Return the short jobs, in the order in which they were sent.
    """
    with ExitStack() as stack:
        queues = [stack.enter_context(queue_on(url)) for _ in prefetches]
        for queue, prefetch in zip(queues, prefetches, strict=True):
            for _ in range(2):
                stack.enter_context(working(queue, "--pool=threads", f"--prefetch-multiplier={prefetch}"))
        return [short_ones(queue) for queue in queues]


def short_ones(queue: Queue) -> list[Timed]:
    """Return the short jobs of one queue."""
    wait_until(lambda: len({row.process for row in rows_of(queue, ["waits"] * 4)}) == 2)  # both are ready
    return rows_of(queue, ["long", *["short"] * SHORT])[1:]


def overtaken(rows: Sequence[Timed]) -> int:
    """Return how many ended later than one that was sent at least two later: two workers may swap neighbours."""
    return sum(any(later.ended_s < row.ended_s for later in rows[at + 2 :]) for at, row in enumerate(rows))
