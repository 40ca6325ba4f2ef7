"""``remember``: answer from the cache, or from the source, once for all who ask at the same time."""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import msgspec

from lab_caching import metrics
from lab_caching.breaker import current_store
from lab_caching.keys import key_of
from lab_caching.local import memory
from lab_caching.locks import claim, release
from lab_caching.policy import Policy, is_due, lifetime
from lab_caching.stores import CacheAway, Store
from lab_caching.topics import generations, is_unsettled

Value = TypeVar("Value")
DEFAULT = Policy()
NOTHING = msgspec.msgpack.encode(None)
FIRST_LOOK_S, LONGEST_LOOK_S = 0.005, 0.05
clock = time.time  # seconds since 1970, the same on all machines; a test may turn it
log = logging.getLogger(__name__)


class Entry(msgspec.Struct, array_like=True, frozen=True):
    """What lies in the cache: until when it is fresh (seconds since 1970), what it took to make, and the value's MessagePack."""

    fresh_until: float
    compute_s: float
    payload: bytes


def remember(
    name: str,
    /,
    *parts: object,
    compute: Callable[[], Value],
    topics: Iterable[str] = (),
    policy: Policy = DEFAULT,
    kind: type[Value] | Any = Any,
) -> Value:
    """
    Return what ``compute`` returns, or returned for the same name, parts and generations of the topics.

    ``parts`` is all that the answer depends on: language, page, filters. ``topics`` is all that it is made of; what is
    remembered inside of ``compute`` does not add its own. The value is of what MessagePack holds (None, bool, int, float,
    str, bytes, list, dict), and of ``kind`` where that is given: a type that msgspec can decode. A hit and a miss return
    equal values: a tuple comes back as a list, unless ``kind`` says otherwise.

    - Of all processes that miss at once one computes; the others get its answer, the last one (for ``stale_s``), or after
      ``wait_s`` their own.
    - ``None`` is an answer, and believed for ``negative_s``. An error is none: it is raised, and the next one asks again;
      for ``stale_s`` after its time the last answer is given instead.
    - In a transaction that will bump one of the topics there is no cache.
    - While the cache is away the source answers.

    Raises what ``compute`` raises; ``TypeError`` for a value that MessagePack does not hold; ``ValueError`` for a wrong name.
    """
    asked = Asked(name, parts, tuple(topics), policy, kind, compute)
    try:
        return cast("Value", asked.answer())
    except Exception:
        metrics.count(name, "errors")
        raise


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that was found, and its value."""

    entry: Entry
    value: Any

    @property
    def fresh_for_s(self) -> float:
        """Return for how many seconds it is fresh; less than 0 where it no longer is."""
        return self.entry.fresh_until - clock()


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of ``remember``."""

    name: str
    parts: tuple[object, ...]
    topics: tuple[str, ...]
    policy: Policy
    kind: Any
    compute: Callable[[], Any]

    def answer(self) -> Any:
        """Answer from wherever that is possible."""
        if is_unsettled(self.topics):
            return self.from_source("own")
        return self.from_memory() if self.policy.local_s else self.from_cache_or_source()

    def from_memory(self) -> Any:
        """Answer from this process's memory; what is not there stays for ``local_s``, also while the cache is away."""
        key, epoch = key_of(self.name, self.parts), memory.epoch
        payload = memory.get(key)
        if payload is not None:
            return self.counted("local", self.decoded(payload))
        value = self.from_cache_or_source()
        seconds = min(self.policy.local_s, self.policy.negative_s) if value is None else self.policy.local_s
        if seconds:
            memory.put(key, msgspec.msgpack.encode(value), seconds, self.topics, epoch)
        return value

    def from_cache_or_source(self) -> Any:
        """Answer from the cache; while that is away, from the source."""
        try:
            return self.from_cache()
        except CacheAway:
            return self.from_source("away")

    def from_cache(self) -> Any:
        """Answer from the cache. Raises ``CacheAway``, and then ``compute`` has not been called."""
        store = current_store()
        # Before the source is read: what is made of an old state is kept under its old generation.
        key = key_of(self.name, self.parts, generations(self.topics))
        found = self.look(store, key)
        if found and not is_due(found.fresh_for_s, found.entry.compute_s, self.policy.early):
            return self.counted("hits", found.value)
        return self.once(store, key, found) if self.policy.lock_s else self.make(store, key, found)

    def look(self, store: Store, key: str) -> Found | None:
        """Return what is kept and may still be answered. What another release of the program wrote may not be readable."""
        (raw,) = store.get_many([key])
        if raw is None:
            return None
        try:
            entry = msgspec.msgpack.decode(raw, type=Entry)
            found = Found(entry, self.decoded(entry.payload))
        except msgspec.DecodeError:
            return None
        return found if found.fresh_for_s > -self.policy.stale_s else None

    def once(self, store: Store, key: str, last: Found | None) -> Any:
        """Make the answer, if nobody else is at it. Else give the last one; where there is none, wait for the new one."""
        # --8<-- [start:once]
        until, pause = time.monotonic() + self.policy.wait_s, FIRST_LOOK_S
        while (token := claim(store, key, self.policy.lock_s)) is None:
            if last:
                return self.counted("hits" if last.fresh_for_s > 0 else "stale", last.value)
            if time.monotonic() > until:
                return self.make(store, key, None)
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_LOOK_S)
            if found := self.look(store, key):
                return self.counted("waited", found.value)
        try:
            found = self.look(store, key)  # between our first look and our claim another may have made it
            if found and (last is None or found.entry != last.entry):
                return self.counted("waited", found.value)
            return self.make(store, key, last)
        finally:
            with suppress(CacheAway):  # the lock ends by itself
                release(store, key, token)
        # --8<-- [end:once]

    def make(self, store: Store, key: str, last: Found | None) -> Any:
        """Ask the source, and keep what it says; ``last`` is what may be answered where it fails."""
        # --8<-- [start:read-through]
        try:
            payload, compute_s = self.computed()
        except self.policy.stale_if as error:
            return self.instead(last, error)
        self.keep(store, key, payload, compute_s)
        return self.counted("misses", self.decoded(payload))
        # --8<-- [end:read-through]

    def instead(self, last: Found | None, error: Exception) -> Any:
        """Return the last answer in the place of an error; raise the error where there is none."""
        if last is None:
            raise error
        # --8<-- [start:stale-if-error]
        log.warning("%s: answered what is %.0f s past its time: %r", self.name, -last.fresh_for_s, error)
        return self.counted("stale", last.value)
        # --8<-- [end:stale-if-error]

    def keep(self, store: Store, key: str, payload: bytes, compute_s: float) -> None:
        """Keep an answer for its lifetime, and for ``stale_s`` more; ``None`` for ``negative_s``; what is too large not at all."""
        if len(payload) > self.policy.max_bytes:
            self.counted("too_large", None)
            return
        # --8<-- [start:keep]
        fresh_s = self.policy.negative_s if payload == NOTHING else lifetime(self.policy)
        if fresh_s:
            entry = Entry(clock() + fresh_s, compute_s, payload)
            with suppress(CacheAway):
                store.set(key, msgspec.msgpack.encode(entry), fresh_s + self.policy.stale_s)
        # --8<-- [end:keep]

    def from_source(self, event: metrics.Event) -> Any:
        """Answer as if there were no cache."""
        payload, _ = self.computed()
        return self.counted(event, self.decoded(payload))

    def computed(self) -> tuple[bytes, float]:
        """Ask the source. Return its value's MessagePack, and the seconds it took."""
        started = time.perf_counter()
        try:
            value = self.compute()
        finally:
            taken = time.perf_counter() - started
            metrics.count_computation(self.name, taken)
        return msgspec.msgpack.encode(value), taken

    def decoded(self, payload: bytes) -> Any:
        """Return the value of a MessagePack. Raises ``msgspec.DecodeError``."""
        return msgspec.msgpack.decode(payload, type=self.kind)

    def counted(self, event: metrics.Event, value: Any) -> Any:
        """Count how the answer came about, and return it."""
        metrics.count(self.name, event)
        return value
