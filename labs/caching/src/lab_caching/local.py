"""The first of two levels: this process's own memory, for a moment. Answers as bytes, so that nobody changes another's."""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from threading import Lock

MOST_BYTES = 16 * 1024 * 1024


class Memory:
    """
    Keeps the answers last used, up to ``most_bytes`` in all.

    ``epoch`` changes with every ``forget``. An answer that was begun in another epoch is not kept: it may be of before.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self.most_bytes, self.clock = most_bytes, clock
        self.kept: OrderedDict[str, tuple[bytes, float, frozenset[str]]] = OrderedDict()
        self.size, self.epoch = 0, 0
        self.lock = Lock()

    def get(self, key: str) -> bytes | None:
        """Return what is kept, or ``None`` where there is nothing or it is over."""
        with self.lock:
            if key not in self.kept:
                return None
            payload, until, _ = self.kept[key]
            if self.clock() >= until:
                self.drop(key)
                return None
            self.kept.move_to_end(key)
            return payload

    def put(self, key: str, payload: bytes, seconds: float, topics: Collection[str], epoch: int) -> None:
        """Keep an answer that was begun in this epoch; what was used longest ago makes room."""
        with self.lock:
            if epoch != self.epoch or len(payload) > self.most_bytes:
                return
            if key in self.kept:
                self.drop(key)
            self.kept[key] = (payload, self.clock() + seconds, frozenset(topics))
            self.size += len(payload)
            while self.size > self.most_bytes:
                self.drop(next(iter(self.kept)))

    def drop(self, key: str) -> None:
        """Let go of one answer. The lock is held."""
        payload, _, _ = self.kept.pop(key)
        self.size -= len(payload)

    def forget(self, topics: Collection[str]) -> None:
        """Let go of what depends on one of these topics, and of what is being made just now."""
        with self.lock:
            self.epoch += 1
            for key in [key for key, (_, _, theirs) in self.kept.items() if not theirs.isdisjoint(topics)]:
                self.drop(key)

    def clear(self) -> None:
        """Let go of everything."""
        with self.lock:
            self.epoch += 1
            self.kept.clear()
            self.size = 0


memory = Memory()
forget = memory.forget
