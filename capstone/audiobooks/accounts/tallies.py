"""
What this process lets pass before it tells Valkey: who is far from a limit is not looked up for each request.

Of what Valkey says is left to a caller, each process may let pass one in 32, for at most a second. With its next look-up it
tells how many it was. So in any window at most a 32nd of the quota more passes for each process (18 of 600), and none more to a
caller who has fewer than 32 left: there every request is looked up.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

SHARE, SECONDS = 32, 1.0
CALLERS = 10_000  # remembered at once; whoever has not been looked up for longest is forgotten first


@dataclass(slots=True)
class Tally:
    """What one caller may still ask of this process until ``until``, and has asked of it since the last look-up."""

    free: int = 0
    until: float = 0
    remaining: int = 0
    wait_s: int = 0
    untold: int = 0


class Tallies:
    """A tally for each caller and limit, their key. ``clock`` returns seconds that never run backwards."""

    def __init__(self, callers: int = CALLERS, clock: Callable[[], float] = time.monotonic) -> None:
        self.callers, self.clock = callers, clock
        self.kept: dict[Hashable, Tally] = {}
        self.lock = Lock()

    # --8<-- [start:pass-one]
    def pass_one(self, key: Hashable) -> tuple[int, int] | None:
        """Let a request pass and return (remaining, wait in s); None where Valkey has to be asked."""
        with self.lock:
            tally = self.kept.get(key)
            if tally is None or not tally.free or self.clock() >= tally.until:
                return None
            tally.free -= 1
            tally.remaining -= 1
            tally.untold += 1
            return tally.remaining, tally.wait_s

    # --8<-- [end:pass-one]

    def take_untold(self, key: Hashable, window_s: int) -> int:
        """Return how many passed since the last look-up, to be told now; those of an earlier window count no more."""
        with self.lock:
            tally = self.kept.get(key)
            if tally is None:
                return 0
            untold = tally.untold if self.clock() < tally.until + window_s else 0
            tally.free = tally.untold = 0
            return untold

    def look_up(self, key: Hashable, remaining: int, wait_s: int) -> None:
        """Remember what Valkey has just said is left."""
        with self.lock:
            tally = self.kept.pop(key, None) or Tally()
            self.kept[key] = tally  # the last one now
            tally.free = max(0, remaining // SHARE - tally.untold)
            tally.until = self.clock() + SECONDS
            tally.remaining, tally.wait_s = remaining, wait_s
            if len(self.kept) > self.callers:
                del self.kept[next(iter(self.kept))]
