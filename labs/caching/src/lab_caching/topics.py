"""
Topics and their generations: everything that depends on a topic is gone the moment the topic has a new number.

The number is part of the key, and is read before the answer is made. So what somebody makes of the old state, while a
writer commits the new one, is kept under the old number, where nobody looks any more.
"""

import secrets
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.db import connections, transaction

from lab_caching import local, metrics
from lab_caching.breaker import current_store
from lab_caching.keys import topic_key
from lab_caching.policy import LONGEST_S
from lab_caching.stores import CacheAway, Store

owed: set[str] = set()  # topics that were to be bumped while the cache was away


def new_generation() -> bytes:
    """
    Return a generation that no topic ever had.

    Not the next number: the cache may throw any number away, and a count that begins again at 1 brings back all that was
    kept under 1.
    """
    # --8<-- [start:new-generation]
    return secrets.token_hex(8).encode()
    # --8<-- [end:new-generation]


def generations(topics: Iterable[str]) -> list[tuple[str, bytes]]:
    """Return each topic with its present generation, sorted. A topic that has none yet gets one. May raise ``CacheAway``."""
    names = sorted(set(topics))
    if not names:
        return []
    store = current_store()
    pay(store)
    # --8<-- [start:generations]
    found = store.get_many([topic_key(name) for name in names])
    return [
        (name, number or first_generation(store, name)) for name, number in zip(names, found, strict=True)
    ]
    # --8<-- [end:generations]


def first_generation(store: Store, topic: str) -> bytes:
    """Give a topic a generation. Of several who do it at once one decides for all."""
    number = new_generation()
    if store.add(topic_key(topic), number, LONGEST_S):
        return number
    (theirs,) = store.get_many([topic_key(topic)])
    return theirs or number


@dataclass(frozen=True)
class Bump:
    """Gives topics a new generation when it is called: what ``transaction.on_commit`` keeps until then."""

    topics: frozenset[str]

    def __call__(self) -> None:
        for topic in self.topics:
            metrics.count_bump(topic)
            with suppress(CacheAway):
                renew(current_store(), topic)
        local.forget(self.topics)  # not before: until then what this process reads may be old


def renew(store: Store, topic: str) -> None:
    """Give a topic a new generation. Raises ``CacheAway``, and then it is owed one."""
    try:
        store.set(topic_key(topic), new_generation(), LONGEST_S)
    except CacheAway:
        owed.add(topic)  # this process reads nothing from the cache before it is paid
        raise


def pay(store: Store) -> None:
    """Give every topic that is owed one a new generation. May raise ``CacheAway``."""
    while owed:
        try:
            topic = owed.pop()
        except KeyError:  # another thread has taken the last one
            return
        renew(store, topic)


def bump(*topics: str, using: str | None = None) -> None:
    """
    Let go of every answer that depends on one of these topics: once the transaction commits, or now where there is none.

    ``using`` names the database of the transaction. A rollback takes it back. Never an error to the caller: while the
    cache is away the bump is kept and made up for, before this process next reads from the cache. Where the process ends
    first, and other processes still reach the cache, they answer what is old for at most its ``ttl_s``.
    """
    for topic in topics:
        topic_key(topic)  # a wrong name is the caller's error, and now
    act = Bump(frozenset(topics))
    # --8<-- [start:bump]
    transaction.on_commit(act, using=using, robust=True)
    # --8<-- [end:bump]


def is_unsettled(topics: Collection[str]) -> bool:
    """
    Tell whether a transaction that is open in this thread will bump one of these topics.

    Until it commits the cache holds what was before, and nobody else may see what it has written: so for it there is no
    cache. Django keeps what waits for a commit in ``connection.run_on_commit``, and takes out what is rolled back.
    """
    return any(
        isinstance(waiting[1], Bump) and not waiting[1].topics.isdisjoint(topics)
        for connection in connections.all(initialized_only=True)
        for waiting in connection.run_on_commit  # tuples: savepoints, function, whether its errors are logged
    )
