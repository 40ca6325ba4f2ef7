"""What ``show.py`` does to the five ways: one trial for each thing that may go wrong."""

import time
from collections.abc import Callable, Sequence
from types import ModuleType
from uuid import uuid4

from celery import Celery
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from celery_playground import (
    crew,
    stage,
    step1_in_the_request,
    step2_delay,
    step3_on_commit,
    step4_outbox,
    step5_receipts,
)
from celery_playground.app import app
from celery_playground.models import Order
from celery_playground.proxy import Proxy
from celery_playground.settle import DOOR, charges, is_run, jobs_at_the_door, settled
from celery_playground.show import ORDERS
from celery_playground.tasks import pass_by
from lab_celery.models import OutboxRow

WAYS: Sequence[ModuleType] = (
    step1_in_the_request,
    step2_delay,
    step3_on_commit,
    step4_outbox,
    step5_receipts,
)
PATIENCE_S = 60
Counts = Sequence[int | None]


def measure(proxy: Proxy) -> list[Counts]:
    """Return a column for each way. Starts workers and relays, and ends them."""
    stage.clear()
    try:
        costs = [queries(way) for way in WAYS]
        at_once = [settled_when_answered(way) for way in WAYS]
        killed = worker_killed()
        with crew.worker(settings.QUEUE):
            with crew.relay():
                raced = [lost_in_the_race(way) for way in WAYS]
                away = broker_away(proxy)
            rows = [costs, at_once, raced, *away, *killed, relay_killed()]
        return list(zip(*rows, strict=True))
    finally:
        stage.clear()
        remove_queue(app)


def queries(way: ModuleType) -> int:
    """Return what an order costs before it is answered, BEGIN, COMMIT and the door aside."""
    with CaptureQueriesContext(connection) as captured:
        way.place()
    asked = [query["sql"] for query in captured]
    return sum(sql not in ("BEGIN", "COMMIT") and "advisory" not in sql for sql in asked)


def settled_when_answered(way: ModuleType) -> int:
    """Return how many of 10 orders are settled when they are answered, while no worker runs."""
    placed = [way.place() for _ in range(ORDERS)]
    return settled(placed)


def worker_killed() -> tuple[Counts, Counts]:
    """Kill the worker between the two halves of a job; return what is half done, and what is charged twice."""
    with crew.relay():
        with crew.worker(settings.QUEUE, at_once=len(WAYS) - 1) as worker:
            wait_until(nothing_is_unsettled)  # or an earlier order could be one of those at the door
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [DOOR])
                placed = [way.place() for way in WAYS[1:]]
                wait_until(lambda: jobs_at_the_door() == len(placed))
                worker.kill()
                cursor.execute("SELECT pg_advisory_unlock(%s)", [DOOR])
        with crew.worker(settings.QUEUE):
            wait_until(lambda: settled(placed[2:]) == 2)
            drain()
    half = [int(charges(order) == 1 and not settled([order])) for order in placed]
    twice = [int(charges(order) > 1) for order in placed]
    return [None, *half], [None, *twice]


def nothing_is_unsettled() -> bool:
    """Tell whether each order there is has been settled."""
    return not Order.objects.filter(is_settled=False).exists()


def lost_in_the_race(way: ModuleType) -> int:
    """Let the worker do all it was sent before each commit; return how many of 10 orders are never settled."""
    placed = [way.place(before_commit=pass_through) for _ in range(ORDERS)]
    drain()
    return ORDERS - settled(placed)


def broker_away(proxy: Proxy) -> tuple[Counts, Counts]:
    """Take 10 orders each way while the broker is away; return how many answers are errors, and how many orders are lost."""
    proxy.cut()
    errors, taken = [], []
    for way in WAYS:
        before = set(Order.objects.values_list("pk", flat=True))
        errors.append(sum(not is_answered(way) for _ in range(ORDERS)))
        taken.append(set(Order.objects.values_list("pk", flat=True)) - before)
    proxy.mend()
    drain()
    return errors, [len(orders) - settled(orders) for orders in taken]


def is_answered(way: ModuleType) -> bool:
    """Take an order; tell whether that went without an error."""
    try:
        way.place()
    except OperationalError:
        return False
    return True


def relay_killed() -> Counts:
    """Kill the relay after the broker has 20 orders and before one is marked; return how many of 10 are charged twice."""
    placed = [[way.place() for _ in range(ORDERS)] for way in WAYS[3:]]
    with crew.relay() as relay, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "LOCK TABLE lab_celery_outboxrow IN SHARE MODE"
        )  # it may read and lock rows, not mark them
        wait_until(lambda: sum(map(settled, placed)) == 2 * ORDERS)
        relay.kill()
    with crew.relay():
        drain()
    return [None, None, None, *[sum(charges(order) > 1 for order in orders) for orders in placed]]


def drain() -> None:
    """Wait until the outbox is handed over, and all that was sent so far is run."""
    wait_until(lambda: not OutboxRow.objects.filter(sent_at=None).exists())
    pass_through()


def pass_through() -> None:
    """Send the worker a task, and wait until it is run: what was sent before it is then run too."""
    what = str(uuid4())
    wait_until(lambda: is_sent(what))
    wait_until(lambda: is_run(what))


def is_sent(what: str) -> bool:
    """Send; tell whether the broker took it."""
    try:
        pass_by.delay(what)
    except OperationalError:
        return False
    return True


def wait_until(is_true: Callable[[], bool]) -> None:
    """Look until it is so. Raises ``TimeoutError`` after a minute."""
    until = time.monotonic() + PATIENCE_S
    while not is_true():
        if time.monotonic() > until:
            raise TimeoutError(
                "A worker, a relay or the broker does not do its part: run them by hand to see why."
            )
        time.sleep(0.02)


def remove_queue(app: Celery, name: str = settings.QUEUE) -> None:
    """Leave nothing at the broker, where the queue is this run's own."""
    with app.connection_for_write() as broker:
        channel = broker.default_channel
        if broker.transport.driver_type == "amqp":
            for queue in (name, f"{name}.dead-letters"):
                channel.queue_delete(queue)
                channel.exchange_delete(queue)
        elif keys := channel.client.keys(f"{name}:*"):
            channel.client.delete(
                *[key.decode().removeprefix(f"{name}:") for key in keys]
            )  # it puts it before
