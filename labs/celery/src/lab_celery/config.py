"""Celery's settings for work that must not get lost. The broker's address alone decides between RabbitMQ and Valkey."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from kombu import Exchange, Queue

DELIVERY_LIMIT = 20
ANSWER_S = 5


def celery_settings(
    broker_url: str, queues: Sequence[str], *, longest: timedelta = timedelta(minutes=5), prefix: str = ""
) -> dict[str, Any]:
    """
    Return Django settings, ``CELERY_…``, for workers that lose nothing.

    ``queues``: the first is the default. ``longest``: what runs longer is killed, and tried again. RabbitMQ sees at once
    that a worker was killed. On Valkey its message comes back after ``longest`` and 10 s more, or twice ``longest`` if
    that is less. ``prefix`` keeps apart who share a Valkey.
    """
    limit = int(longest.total_seconds())
    is_rabbitmq = broker_url.startswith(("amqp://", "amqps://", "pyamqp://"))
    return {
        "CELERY_BROKER_URL": broker_url,
        "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
        "CELERY_BROKER_CONNECTION_MAX_RETRIES": None,  # an hour without a broker ends no worker
        "CELERY_BROKER_TRANSPORT_OPTIONS": rabbitmq_options()
        if is_rabbitmq
        else valkey_options(limit, prefix),
        "CELERY_TASK_QUEUES": [
            quorum_queue(name, dead_queue(queues[0]).name) if is_rabbitmq else Queue(name) for name in queues
        ],
        "CELERY_TASK_DEFAULT_QUEUE": queues[0],
        "CELERY_TASK_IGNORE_RESULT": True,  # an effect is a row; nobody asks the broker for it
        "CELERY_TASK_TIME_LIMIT": limit,
        "CELERY_TASK_SOFT_TIME_LIMIT": max(1, limit * 9 // 10),
        **acknowledgement(),
    }


def acknowledgement() -> dict[str, Any]:
    """Return when a worker tells the broker that a message is done: after it is, and not when the worker was lost."""
    # --8<-- [start:acks]
    return {
        "CELERY_TASK_ACKS_LATE": True,
        "CELERY_TASK_REJECT_ON_WORKER_LOST": True,
        "CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT": False,  # killed at the hard limit: back into the queue
        "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,  # nobody waits behind a long task in a worker's pocket
        "CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS": False,
    }
    # --8<-- [end:acks]


def rabbitmq_options() -> dict[str, Any]:
    """Return the transport's options: every publish waits until the queue has stored the message on disk."""
    return {"confirm_publish": True, "connect_timeout": ANSWER_S, "write_timeout": ANSWER_S}


def quorum_queue(name: str, dead: str) -> Queue:
    """Return a queue that survives a broker, and that puts aside what brought 20 workers down."""
    # --8<-- [start:quorum-queue]
    return Queue(
        name,
        Exchange(name, type="topic"),
        routing_key=name,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": dead,
            "x-dead-letter-routing-key": dead,
        },
    )
    # --8<-- [end:quorum-queue]


def dead_queue(default: str) -> Queue:
    """
    Return the queue of what RabbitMQ put aside, named after the default queue.

    The relay declares it, and empties it into the table of dead letters.
    """
    name = f"{default}.dead-letters"
    return Queue(
        name, Exchange(name, type="topic"), routing_key=name, queue_arguments={"x-queue-type": "quorum"}
    )


def valkey_options(limit: int, prefix: str) -> dict[str, Any]:
    """
    Return the transport's options. Valkey's answer to LPUSH stands for the confirm: the message is in its memory.

    How much a crash of Valkey itself loses is Valkey's setting: ``appendfsync everysec`` a second's messages, ``always``
    none, no append-only file all since the last snapshot.
    """
    return {
        "visibility_timeout": limit + min(limit, 10),
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,  # looked for each second; kombu's own pace is each 100 s
        "socket_connect_timeout": ANSWER_S,
        "socket_timeout": ANSWER_S,
        "socket_keepalive": True,
        **({"global_keyprefix": prefix} if prefix else {}),
    }
