"""A cache that is away costs nothing after the third time: nobody waits for what does not answer."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from lab_caching.stores import CacheAway, Store, store_at

Result = TypeVar("Result")
log = logging.getLogger(__name__)


class Breaker:
    """
    Lets calls through until ``most`` in a row have failed; then refuses them for ``pause_s``, and lets one try again.

    ``clock`` returns seconds that never run backwards.
    """

    def __init__(
        self, most: int = 3, pause_s: float = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most, self.pause_s, self.clock = most, pause_s, clock
        self.failures, self.open_until = 0, 0.0
        self.lock = threading.Lock()

    def call(self, work: Callable[[], Result]) -> Result:
        """Return what ``work`` returns. Raises its ``CacheAway``, and one at once while it is not to be called."""
        if self.failures:
            self.pass_or_refuse()
        try:
            result = work()
        except CacheAway as error:
            self.note(error)
            raise
        self.failures = 0
        return result

    def pass_or_refuse(self) -> None:
        """
        Raise ``CacheAway`` while the breaker is open: from the ``most``th failure in a row until ``open_until``.

        After that one caller at a time passes, and moves ``open_until`` by ``pause_s``, so that those who come meanwhile
        are refused. If that one fails, the pause goes on; if not, ``failures`` is 0, and everybody passes.
        """
        # --8<-- [start:breaker]
        with self.lock:
            if self.failures < self.most:
                return
            if self.clock() < self.open_until:
                raise CacheAway("it did not answer, and is left alone for a while")
            self.open_until = self.clock() + self.pause_s
        # --8<-- [end:breaker]

    def note(self, error: CacheAway) -> None:
        """Count a failure; from the ``most``th on the breaker is open."""
        with self.lock:
            self.failures += 1
            self.open_until = self.clock() + self.pause_s
        if self.failures == self.most:
            log.warning("The cache is away, and left alone for %s s at a time: %s", self.pause_s, error)


class GuardedStore:
    """A store behind a breaker."""

    def __init__(self, store: Store, breaker: Breaker | None = None) -> None:
        self.store, self.breaker = store, breaker or Breaker()

    def get_many(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        return self.breaker.call(lambda: self.store.get_many(keys))

    def set(self, key: str, value: bytes, seconds: float) -> None:
        self.breaker.call(lambda: self.store.set(key, value, seconds))

    def add(self, key: str, value: bytes, seconds: float) -> bool:
        return self.breaker.call(lambda: self.store.add(key, value, seconds))

    def delete_if(self, key: str, value: bytes) -> None:
        self.breaker.call(lambda: self.store.delete_if(key, value))

    def delete(self, key: str) -> None:
        self.breaker.call(lambda: self.store.delete(key))


@cache
def guarded_store(url: str, prefix: str, timeout_s: float) -> GuardedStore:
    """Return the one store at this address in this process, and its breaker."""
    return GuardedStore(store_at(url, prefix, timeout_s))


def current_store() -> GuardedStore:
    """
    Return the store that ``settings.LAB_CACHING`` names: ``{"URL": "redis://…", "PREFIX": "shop:", "TIMEOUT_S": 0.25}``.

    ``URL`` is that of Valkey or Redis (``redis://``, ``rediss://``, ``valkey://``, ``unix://``), or of Memcached
    (``memcached://host:11211``). Two projects on one cache need two prefixes.
    """
    wanted = getattr(settings, "LAB_CACHING", None)
    if not wanted:
        raise ImproperlyConfigured(
            'LAB_CACHING is not set. Give it an address: {"URL": "redis://127.0.0.1:6379/0"}'
        )
    return guarded_store(wanted["URL"], wanted.get("PREFIX", "cache:"), wanted.get("TIMEOUT_S", 0.25))
