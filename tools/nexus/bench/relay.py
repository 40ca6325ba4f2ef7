"""
The outbox relay against bare Celery: how fast do events that wait in PostgreSQL reach the broker?

``python -m nexus.bench.relay ROUNDS EVENTS`` prints a line of JSON for each round. *Bare* is ``send_task`` in a loop, by
the same application, on the same queue, with the same confirms. *Relay* hands over as many rows of the outbox, which
were published before. ``DATABASE_URL`` and ``CELERY_BROKER_URL`` say where.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import django
from celery import Celery
from django.conf import settings
from django.core.management import call_command
from psycopg.conninfo import conninfo_to_dict

TASK = "bench.nothing"


def set_up() -> None:
    """Set Django up on the database, with the part and nothing else."""
    server = conninfo_to_dict(os.environ["DATABASE_URL"])
    names = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    database = {key: str(server.get(name, "")) for key, name in names.items()}
    options = {"server_side_binding": True, "prepare_threshold": 5}
    settings.configure(
        INSTALLED_APPS=["lab_celery"],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **database, "OPTIONS": options}},
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def application(url: str, queue: str) -> Celery:
    """Return an application as the part sets it up, on a queue of its own."""
    from lab_celery.config import celery_settings  # noqa: PLC0415 -- after Django is set up

    wanted = celery_settings(url, [queue], prefix=f"{queue}:")
    app = Celery("bench", set_as_current=False)
    address = wanted.pop("CELERY_BROKER_URL")  # Celery prefers the variable of that name to the setting
    app.conf.update(broker_read_url=address, broker_write_url=address)
    app.conf.update({name.removeprefix("CELERY_").lower(): value for name, value in wanted.items()})
    return app


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Return how long work took: by the clock, and of this process's processor time."""
    clock_s, processor_s = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - clock_s, "cpu_s": time.process_time() - processor_s}


def main(rounds: int, events: int) -> None:
    """Print each round; one before them is not counted: connections are made in it."""
    set_up()
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from lab_celery import outbox  # noqa: PLC0415
    from lab_celery.models import OutboxRow  # noqa: PLC0415
    from lab_celery.relay import Relay  # noqa: PLC0415
    from lab_celery.subscriptions import subscribe  # noqa: PLC0415

    queue = f"bench-{uuid4().hex[:8]}"
    app = application(os.environ["CELERY_BROKER_URL"], queue)
    subscribe("bench.happened", TASK, queue=queue)
    relay = Relay(app)

    def bare() -> None:
        for number in range(events):
            told = {
                "event_id": str(uuid4()),
                "topic": "bench.happened",
                "attempt": 1,
                "ids": {"number": number},
            }
            app.send_task(TASK, kwargs=told, queue=queue)

    def by_relay() -> None:
        handed = relay.work(now=timezone.now())
        if handed != events:
            raise SystemExit(f"the relay handed over {handed} of {events} events")

    for number in range(rounds + 1):
        OutboxRow.objects.all().delete()
        with transaction.atomic():
            for one in range(events):
                outbox.publish("bench.happened", number=one)
        ways = [("bare", bare), ("relay", by_relay)]
        found = {way: timed(work) for way, work in (ways if number % 2 else reversed(ways))}
        purge(app, queue, 2 * events)
        if number:
            print(json.dumps(found), flush=True)
    relay.hang_up()
    remove(app, queue)


def purge(app: Celery, queue: str, expected: int) -> None:
    """Empty the queue; it must hold what was sent."""
    with app.connection_for_write() as broker:
        found = app.amqp.queues[queue](broker.default_channel).purge()
    if found != expected:
        raise SystemExit(f"the broker has {found} messages, not {expected}")


def remove(app: Celery, queue: str) -> None:
    """Leave nothing at the broker."""
    with app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        if broker.transport.driver_type == "amqp":
            for name in (queue, f"{queue}.dead-letters"):
                channel.queue_delete(name)
                channel.exchange_delete(name)
        elif keys := channel.client.keys(f"{queue}:*"):
            channel.client.delete(*[key.decode().removeprefix(f"{queue}:") for key in keys])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
