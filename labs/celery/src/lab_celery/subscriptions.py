"""Who is told of what: topics, and the tasks that subscribe to them. Imports no Celery."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Subscription:
    """A task, and the queue on which it is told."""

    task: str
    queue: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try of one task at one event. ``ids`` are the event's, as JSON holds them: a UUID is a str."""

    event_id: UUID
    topic: str
    task: str
    ids: dict[str, int | str]
    attempt: int = 1


_subscriptions: dict[str, dict[str, Subscription]] = defaultdict(dict)


def subscribe(topic: str, task: str, *, queue: str = "default") -> None:
    """Have the task of this name told of every event of ``topic``. The relay must have it imported, as workers have."""
    _subscriptions[topic][task] = Subscription(task, queue)


def unsubscribe(topic: str, task: str) -> None:
    """Take a subscription back."""
    _subscriptions.get(topic, {}).pop(task, None)


def subscriptions(topic: str) -> list[Subscription]:
    """Return who is told of events of ``topic``."""
    return list(_subscriptions.get(topic, {}).values())


def topics() -> dict[str, list[Subscription]]:
    """Return who is told of what: every topic with its subscriptions."""
    return {topic: list(told.values()) for topic, told in _subscriptions.items()}
