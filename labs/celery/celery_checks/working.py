"""Step 8: what a worker takes is not lost with it."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from celery_checks.targets import SHOW, Shop, expect
from celery_playground import crew, step5_receipts
from celery_playground.settle import DOOR, charges, jobs_at_the_door, settled
from nexus.labs.checking import check

SEE = "celery -A celery_playground.app worker"


@check("Nothing is run before a worker takes it.")
def a_task_is_run_by_a_worker(shop: Shop) -> None:
    expect(
        not shop.has_effect_without_a_worker(),
        "a message at the broker, and no work done",
        "it ran inside of .delay()",
        SHOW,
    )


@check(
    "A worker is killed in the middle: the broker still has the message, and the next worker ends the job."
)
def a_killed_workers_message_is_still_there(shop: Shop) -> None:
    def is_settled() -> bool:
        shop.relay.work(now=timezone.now())
        return settled([order]) == 1

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [DOOR])
        order = step5_receipts.place()
        shop.relay.work(now=timezone.now())
        with crew.worker(shop.queue) as worker:
            works_until(worker, lambda: jobs_at_the_door() == 1)
            worker.kill()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [DOOR])
    kept = messages_kept(shop)
    expect(kept == 1, "1 message that the broker has kept", f"{kept}", SHOW)
    with crew.worker(shop.queue) as worker:
        works_until(worker, is_settled)
    expect(charges(order) == 1, "1 charge", f"{charges(order)}", SHOW)


def messages_kept(shop: Shop) -> int:
    """Return how many messages the broker has: those in the queue, and those a worker took and never acknowledged."""
    with shop.relay.app.connection_for_read() as link:
        channel: Any = link.default_channel
        if link.transport.driver_type != "amqp":
            return int(channel.client.hlen("unacked") + channel.client.llen(shop.queue))
        # RabbitMQ puts back what a worker held in the moment in which it sees that the worker is gone.
        while channel.queue_declare(shop.queue, passive=True).consumer_count:
            time.sleep(0.02)
        return int(channel.queue_declare(shop.queue, passive=True).message_count)


def works_until(worker: crew.Member, is_true: Callable[[], bool]) -> None:
    """Look until it is so, while the worker lives; the checker ends a check that never comes to an end."""
    while not is_true():
        ended = worker.process.poll()
        expect(ended is None, "a worker that runs", f"it ended by itself, with exit code {ended}", SEE)
        time.sleep(0.02)
