"""A circuit breaker per host (M. Nygard, *Release It!*, 2nd edition, 2018, chapter 5)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lab_caching.outbound.errors import CircuitOpen, OutboundError

MOST_HOSTS = 1000  # failing hosts that are remembered; the one that failed first is forgotten first


@dataclass
class Circuit:
    """One host: how often it failed in a row, until when nobody calls, and whether somebody is trying."""

    failures: int = 0
    open_until: float = 0.0
    is_tried: bool = False


class Breaker:
    """
    Closed: calls pass. After ``failures`` in a row open: none passes for ``open_s`` seconds. Then half-open: one call
    tries, and its outcome closes or opens. One process counts for itself.
    """

    def __init__(self, failures: int, open_s: float, clock: Callable[[], float]) -> None:
        self.failures, self.open_s, self.clock = failures, open_s, clock
        self.circuits: dict[str, Circuit] = {}
        self.lock = threading.Lock()

    @contextmanager
    def call(self, host: str, counted: tuple[type[OutboundError], ...]) -> Iterator[None]:
        """Run the block as a call of ``host``, in which ``counted`` errors are failures. Raises ``CircuitOpen``."""
        self.enter(host)
        try:
            yield
        except counted:
            self.failed(host)
            raise
        except BaseException:
            self.gave_up(host)
            raise
        with self.lock:
            self.circuits.pop(host, None)

    def enter(self, host: str) -> None:
        """Let the call pass or raise ``CircuitOpen``."""
        with self.lock:
            circuit = self.circuits.get(host)
            if circuit is None or circuit.failures < self.failures:
                return
            left = circuit.open_until - self.clock()
            if left > 0 or circuit.is_tried:
                raise CircuitOpen(f"{host} failed {circuit.failures} times in a row", max(left, 1.0))
            circuit.is_tried = True

    def failed(self, host: str) -> None:
        """Count a failure."""
        with self.lock:
            circuit = self.circuits.setdefault(host, Circuit())
            circuit.failures += 1
            circuit.open_until = self.clock() + self.open_s
            circuit.is_tried = False
            if len(self.circuits) > MOST_HOSTS:
                del self.circuits[next(iter(self.circuits))]

    def gave_up(self, host: str) -> None:
        """Let another try: this call ended by something that says nothing about the host."""
        with self.lock:
            if circuit := self.circuits.get(host):
                circuit.is_tried = False
