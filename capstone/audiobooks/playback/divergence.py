"""When two devices went different ways: a pure function of stored events and of what each device had seen."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from audiobooks.playback.merge import Event
from audiobooks.playback.ranges import length_ms, union

LEAST_NEW_MS = 15_000
MOST_APART_MS = 60_000


@dataclass(frozen=True, slots=True)
class Divergence:
    """Two devices that disagree: the last word of each, the one with the lower device id first."""

    low: Event
    high: Event

    @property
    def latest(self) -> Event:
        """The side that spoke last."""
        return max(self.low, self.high, key=lambda event: event.key)

    @property
    def furthest(self) -> Event:
        """The side that is further in the book; of two as far, the later."""
        return max(self.low, self.high, key=lambda event: (event.position_ms, event.key))


# --8<-- [start:divergence]
def divergences(events: Iterable[Event], seen: Mapping[UUID, int]) -> list[Divergence]:
    """
    Return the pairs of devices that went different ways in one recording, unaware of each other.

    ``seen`` is {device: the highest revision it had been told of}. A pair diverges when each heard at least 15 s that
    the other had not seen, and their last positions are more than 60 s apart. Only the highest generation counts: who
    restarts leaves the old places behind on purpose.
    """
    by_device: dict[UUID, list[Event]] = defaultdict(list)
    stored = list(events)
    generation = max((event.generation for event in stored), default=0)
    for event in stored:
        if event.generation == generation:
            by_device[event.device_id].append(event)
    found = []
    for low, high in combinations(sorted(by_device), 2):
        sides = [
            [event for event in by_device[one] if event.revision > seen.get(other, 0)]
            for one, other in ((low, high), (high, low))
        ]
        if all(length_ms(union(*(event.ranges for event in side))) >= LEAST_NEW_MS for side in sides):
            pair = Divergence(*(max(side, key=lambda event: event.key) for side in sides))
            if abs(pair.low.position_ms - pair.high.position_ms) > MOST_APART_MS:
                found.append(pair)
    return found


# --8<-- [end:divergence]
