"""Tasks that subscribe to events: ids in, the effect once, another try where it fails."""

import inspect
import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from celery import Task, shared_task
from celery.exceptions import Reject
from django.db import Error
from django.utils import timezone

from lab_celery.receipts import is_done, once, sign
from lab_celery.retries import Policy, give_back
from lab_celery.subscriptions import Delivery, subscribe

log = logging.getLogger(__name__)
NO_DATABASE_PAUSE_S = 5

Effect = Callable[..., object]


class WorkerLost(Exception):
    """A worker took this message before, and never said what became of it: it was killed, or lost its connection."""


def on_event(
    topic: str,
    *,
    queue: str = "default",
    policy: Policy = Policy(),  # noqa: B008 -- frozen
    in_transaction: bool = True,
) -> Callable[[Effect], Any]:
    """
    Decorate an effect, ``def send_receipt(delivery, *, order_id, **_later)``, as a task that is told of ``topic``.

    It runs in the transaction of its receipt: its rows are written once, however often it is delivered. A long one that
    works outside of the database, or reports progress, says ``in_transaction=False``: its receipt is then written after
    it, and it must itself be safe twice. Whatever it raises, it is tried again by ``policy``, then buried.
    ``**_later`` takes the ids that next month's publisher adds.
    """

    def decorate(effect: Effect) -> Any:
        if all(one.kind is not one.VAR_KEYWORD for one in inspect.signature(effect).parameters.values()):
            raise TypeError(f"{effect.__qualname__} must take **_later: a publisher may add an id.")
        name = f"{effect.__module__}.{effect.__name__}"
        subscribe(topic, name, queue=queue)

        def run(
            task: Task[Any, Any], /, event_id: str, attempt: int, ids: dict[str, Any], **_later: object
        ) -> bool:
            delivery = Delivery(UUID(event_id), topic, name, ids, attempt)
            is_again = bool((task.request.delivery_info or {}).get("redelivered"))
            return deliver(delivery, effect, policy, in_transaction=in_transaction, is_again=is_again)

        run.__doc__ = effect.__doc__
        return shared_task(name=name, bind=True, typing=False)(run)

    return decorate


def deliver(
    delivery: Delivery, effect: Effect, policy: Policy, *, in_transaction: bool = True, is_again: bool = False
) -> bool:
    """
    Have the effect once and return True; False where it was had before, or is put off.

    ``is_again``: the broker delivered this very message before. That attempt failed without a word, so it counts; a
    message that brings down every worker that takes it is buried like any other. Where PostgreSQL is away too, the
    message goes back to the broker.
    """
    try:
        if is_again and not is_done(delivery):
            raise WorkerLost(inspect.getdoc(WorkerLost))
        return (once if in_transaction else at_least_once)(delivery, lambda: effect(delivery, **delivery.ids))
    except Exception as error:  # noqa: BLE001 -- whatever it is, the promise is kept
        log.warning("%s, attempt %s of %s: %r", delivery.task, delivery.attempt, delivery.event_id, error)
        failure = error
    try:
        give_back(delivery, failure, policy, now=timezone.now())
    except Error as error:
        time.sleep(
            NO_DATABASE_PAUSE_S
        )  # nothing to do without a database, and no use in asking at full speed
        raise Reject(error, requeue=True) from error
    return False


def at_least_once(delivery: Delivery, effect: Callable[[], object]) -> bool:
    """Have an effect that no transaction can hold, then write its receipt; False where there is one."""
    if is_done(delivery):
        return False
    effect()
    sign(delivery)
    return True
