"""What was answered from where, by the name of the answer. Counted in this process; ``read`` is for a page or a collector."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Literal

Event = Literal["hits", "local", "misses", "waited", "stale", "errors", "away", "own", "too_large"]


@dataclass(slots=True)
class Counts:
    """
    How the answers of one name came about.

    ``hits`` from the cache, ``local`` from this process's memory, ``misses`` made and kept, ``waited`` made by another
    meanwhile, ``stale`` past its time, ``errors`` not at all, ``away`` made while there was no cache, ``own`` made for a
    transaction that has written, ``too_large`` made and not kept. ``compute_s`` is the time that making took in all.
    """

    hits: int = 0
    local: int = 0
    misses: int = 0
    waited: int = 0
    stale: int = 0
    errors: int = 0
    away: int = 0
    own: int = 0
    too_large: int = 0
    computations: int = 0
    compute_s: float = 0

    @property
    def hit_ratio(self) -> float:
        """Return which part of the answers cost no computation of their own, from 0 to 1."""
        spared = self.hits + self.local + self.waited + self.stale
        asked = spared + self.misses + self.errors + self.away + self.own
        return spared / asked if asked else 0


names: dict[str, Counts] = {}
bumps: Counter[str] = Counter()
lock = Lock()


def count(name: str, event: Event) -> None:
    """Count one answer of a name."""
    with lock:
        counts = names.setdefault(name, Counts())
        setattr(counts, event, getattr(counts, event) + 1)


def count_computation(name: str, seconds: float) -> None:
    """Count that the source was asked, and how long that took."""
    with lock:
        counts = names.setdefault(name, Counts())
        counts.computations += 1
        counts.compute_s += seconds


def count_bump(topic: str) -> None:
    """Count a bump, by what comes before the topic's first colon: ``book:7`` counts as ``book``."""
    with lock:
        bumps[topic.partition(":")[0]] += 1


def read() -> Mapping[str, Counts]:
    """Return a copy of the counts, by name."""
    with lock:
        return {name: replace(counts) for name, counts in names.items()}


def read_bumps() -> Mapping[str, int]:
    """Return how often topics were bumped, by kind of topic."""
    with lock:
        return dict(bumps)


def reset() -> None:
    """Begin at nothing again."""
    with lock:
        names.clear()
        bumps.clear()
