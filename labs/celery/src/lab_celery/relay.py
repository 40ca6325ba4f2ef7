"""
The relay: hands what waits in the outbox to the broker. Run one, or several: each row is locked by one of them.

A row is marked after the broker has it. A relay that dies between the two hands the event over again, so events arrive
at least once; receipts make their effects happen once. Between 2 rows no order is promised.
"""

import itertools
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event
from typing import Any
from uuid import UUID

import psycopg
from celery import Celery
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection, transaction
from django.utils import timezone
from kombu import Connection, Producer, Queue
from kombu.exceptions import KombuError

from lab_celery import lost
from lab_celery.config import ANSWER_S, dead_queue
from lab_celery.models import OutboxRow
from lab_celery.outbox import CHANNEL, prune
from lab_celery.retries import Policy, backoff, bury
from lab_celery.schedule import publish_due
from lab_celery.subscriptions import Delivery, Subscription, subscriptions, topics

log = logging.getLogger(__name__)
BATCH = 100
LOOK_S = 1.0  # a NOTIFY comes at once; what is due later, or was notified to nobody, is found by the timer
PRUNE_EVERY = timedelta(minutes=10)
MISS_EVERY = timedelta(seconds=15)
AWAY = Policy(base=timedelta(seconds=1), most=timedelta(seconds=30))  # asks for ever, every 15 s on average


class BrokerAway(Exception):
    """The broker does not take messages. What it took is marked; the rest waits."""


class BrokerGaveUp(Exception):
    """RabbitMQ delivered this message 20 times, and no worker ever said what became of it."""


class Relay:
    """Hands over by one connection to the broker, which it makes again after a failure."""

    def __init__(self, app: Celery) -> None:
        app.loader.import_default_modules()  # who subscribes is known once its module is imported
        for one in itertools.chain.from_iterable(topics().values()):
            if one.queue not in app.amqp.queues:
                raise ImproperlyConfigured(
                    f"{one.task} subscribes on the queue {one.queue!r}: name it in celery_settings()."
                )
        self.app = app
        self.broker: Connection | None = None
        self.pruned_at: datetime | None = None
        self.missed_at: datetime | None = None
        self.missing: set[UUID] = set()

    def run(self, stop: Event) -> None:
        """Hand over until told to stop. Without a broker or a database it tries again, for as long as it takes."""
        failures = 0
        while not stop.is_set():
            try:
                with listening() as listener:
                    while not stop.is_set():
                        self.work(now=timezone.now())
                        failures = 0
                        next(listener.notifies(timeout=LOOK_S, stop_after=1), None)
            except (BrokerAway, Error, psycopg.Error) as error:
                failures += 1
                pause = backoff(failures, AWAY).total_seconds()
                log.warning("%s: %s Again in %.1f s.", type(error).__name__, error, pause)
                connection.close()
                stop.wait(pause)
        self.hang_up()

    def work(self, *, now: datetime) -> int:
        """Publish what the schedule asks for, hand over all that is due, look for dead letters, prune; return how many rows."""
        publish_due(now=now)
        if self.missed_at is None or now - self.missed_at >= MISS_EVERY:
            self.recover(now=now)
            self.missed_at = now
        handed, batch = 0, BATCH
        while batch == BATCH:
            batch = self.hand_over(now=now)
            handed += batch
        self.collect(now=now)
        if self.pruned_at is None or now - self.pruned_at >= PRUNE_EVERY:
            prune(now=now)
            self.pruned_at = now
        return handed

    def hand_over(self, *, now: datetime) -> int:
        """
        Hand over the 100 rows that are due the longest and that no other relay has in hand; return how many.

        Raises ``BrokerAway`` once what the broker did take is marked. 2 queries.
        """
        # --8<-- [start:relay-batch]
        waiting = OutboxRow.objects.filter(sent_at=None, due_at__lte=now).order_by("due_at", "id")
        with transaction.atomic():
            rows = waiting.select_for_update(skip_locked=True)[:BATCH]
            sent, failure = self.send(rows)
            OutboxRow.objects.filter(pk__in=sent).update(sent_at=now)
        # --8<-- [end:relay-batch]
        if failure:
            raise BrokerAway(f"the broker takes no messages ({failure!r}).") from failure
        return len(sent)

    def send(self, rows: Iterable[OutboxRow]) -> tuple[list[UUID], BaseException | None]:
        """Send rows to who subscribes, and return those that the broker has taken, and why it did not take the next."""
        sent: list[UUID] = []
        try:
            for row in rows:
                for one in targets(row):
                    self.tell(one, row)
                sent.append(row.pk)
        except self.broker_errors() as error:
            self.hang_up()
            return sent, error
        return sent, None

    def tell(self, one: Subscription, row: OutboxRow) -> None:
        """Send one message, and wait until the broker has it (RabbitMQ: stored by the queue; Valkey: in its memory)."""
        # --8<-- [start:tell]
        ids = {"event_id": str(row.event_id), "topic": row.topic, "attempt": row.attempt, "ids": row.ids}
        self.app.send_task(
            one.task,
            kwargs=ids,
            queue=one.queue,
            producer=Producer(self.connected(), auto_declare=False, serializer="json"),
            retry=False,  # the row waits; this connection need not
            confirm_timeout=ANSWER_S,
        )
        # --8<-- [end:tell]

    def connected(self) -> Connection:
        """Return the connection to the broker, made now where there is none."""
        if self.broker is None:
            self.broker = self.app.connection_for_write()
            self.broker.connect()  # once: what kombu makes by itself tries for ever
            if self.is_rabbitmq():
                self.dead_letters(self.broker).declare()
        return self.broker

    def dead_letters(self, broker: Connection) -> Queue:
        """Return RabbitMQ's queue of what it gave up."""
        return dead_queue(self.app.conf.task_default_queue)(broker.default_channel)

    def hang_up(self) -> None:
        """Let go of the connection."""
        if self.broker is not None:
            self.broker.collect()  # closes without asking a broker that may be gone
            self.broker = None

    def is_rabbitmq(self) -> bool:
        """Tell whether the broker counts deliveries and puts aside what it gives up."""
        return str(self.app.connection_for_write().transport.driver_type) == "amqp"

    def broker_errors(self) -> tuple[type[BaseException], ...]:
        """Return what says that the broker is away, or refuses."""
        broker = self.broker or self.app.connection_for_write()
        return (KombuError, *broker.connection_errors, *broker.channel_errors)

    def collect(self, *, now: datetime) -> int:
        """Move what RabbitMQ gave up into the table of dead letters; return how many. Raises ``BrokerAway``."""
        if not self.is_rabbitmq():
            return 0
        found = 0
        try:
            queue = self.dead_letters(self.connected())
            # --8<-- [start:collect]
            while found < BATCH and (message := queue.get()):
                keep(message.headers, message.payload[1], now=now)
                message.ack()
                found += 1
            # --8<-- [end:collect]
        except self.broker_errors() as error:
            self.hang_up()
            raise BrokerAway(f"the broker gives no messages ({error!r}).") from error
        return found

    def recover(self, *, now: datetime) -> int:
        """Have handed over again what Valkey had nothing of, this time and the last; return how many. Raises ``BrokerAway``."""
        rows = [] if self.is_rabbitmq() else lost.undone(now=now)
        try:
            missing = lost.missing(rows, self.connected().default_channel) if rows else set()
        except self.broker_errors() as error:
            self.hang_up()
            raise BrokerAway(f"the broker does not say what it has ({error!r}).") from error
        again, self.missing = missing & self.missing, missing - self.missing
        if again:
            log.warning("Valkey has lost %s messages: they are handed over again.", len(again))
        return OutboxRow.objects.filter(pk__in=again).update(sent_at=None, due_at=now)


def targets(row: OutboxRow) -> list[Subscription]:
    """Return who is told of a row: its one task, or everybody who subscribes."""
    told = [one for one in subscriptions(row.topic) if row.task in ("", one.task)]
    if not told:
        log.warning("Nobody subscribes to %s any more (event %s).", row.topic, row.event_id)
    return told


def keep(headers: dict[str, Any], kwargs: dict[str, Any], *, now: datetime) -> None:
    """Bury a message that RabbitMQ gave up; one that is no event's is written into the log, which is all that can be done."""
    if "event_id" not in kwargs:
        log.error("RabbitMQ gave up %s(%r): no event, so it cannot be replayed.", headers.get("task"), kwargs)
        return
    asked = Delivery(
        UUID(kwargs["event_id"]), kwargs["topic"], headers["task"], kwargs["ids"], kwargs["attempt"]
    )
    bury(asked, BrokerGaveUp("no worker ever said what became of it"), now=now)


@contextmanager
def listening() -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection of its own that hears of each commit with events."""
    listener = connection.copy()
    try:
        listener.ensure_connection()
        listener.connection.execute(f"LISTEN {CHANNEL}")
        yield listener.connection
    finally:
        listener.close()
