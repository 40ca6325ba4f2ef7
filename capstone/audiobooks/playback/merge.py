"""
The position merge: whatever the order in which events arrive, however often, and in whichever batches, the same state.

A state is a set of facts that only grow: the greatest head, the union of what was heard, and for each session's day the
first and last moment, the highest speed and the union of what was heard. ``join`` of two states is therefore
commutative, associative and idempotent: a join-semilattice, as state-based CRDTs are (Shapiro et al. 2011, "Conflict-free
replicated data types", section 2). Nothing here reads a clock or a database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from audiobooks.playback.ranges import Range, Ranges, length_ms, on_grid, union

GRACE = timedelta(seconds=30)
SLOWEST_PERCENT, FASTEST_PERCENT = 50, 400
MOST_OFFLINE = timedelta(days=30)

Key = tuple[int, datetime, UUID, int]


# --8<-- [start:clock]
def effective_at(client_at: datetime, *, sent_at: datetime, now: datetime) -> datetime:
    """
    Return when something happened by the server's clock: as long before ``now`` as it was before ``sent_at``.

    Both times of the device come from one clock, so its error cancels out: a clock in 2099 gains nothing. What it says
    happened after it was sent happened now. Raises ``OverflowError`` before the year 1; see ``MOST_OFFLINE``.
    """
    return now - max(sent_at - client_at, timedelta(0))


# --8<-- [end:clock]


@dataclass(frozen=True, slots=True)
class Event:
    """
    One stored event. ``(device_id, seq)`` names it: the same name is the same event.

    ``heard`` is the range that was played up to ``position_ms``, None after a jump. ``duration_ms`` is the recording's; None
    where what was heard is not to be kept, and so needs no grid. ``revision`` is the listener's count of changes at which
    it was stored; the merge does not look at it.
    """

    device_id: UUID
    seq: int
    session_id: UUID
    generation: int
    effective_at: datetime
    position_ms: int
    heard: Range | None = None
    speed_percent: int = 100
    revision: int = field(default=0, compare=False)
    duration_ms: int | None = field(default=None, compare=False)

    @property
    def key(self) -> Key:
        """What heads are compared by: no two events have the same."""
        return (self.generation, self.effective_at, self.device_id, self.seq)

    @property
    def ranges(self) -> Ranges:
        """What was heard, as ranges."""
        return union([self.heard]) if self.heard else ()

    @property
    def kept_ranges(self) -> Ranges:
        """What is kept of it: on the grid, so that nobody's jumps make a set without bound."""
        return self.ranges if self.duration_ms is None else on_grid(self.ranges, self.duration_ms)


@dataclass(frozen=True, slots=True)
class Listening:
    """What a session did on one day (UTC)."""

    first_at: datetime
    last_at: datetime
    speed_percent: int
    heard: Ranges

    # --8<-- [start:bound]
    @property
    def bound_ms(self) -> int:
        """The most that can have been heard: (last - first + 30 s) x speed."""
        elapsed_ms = (self.last_at - self.first_at + GRACE) // timedelta(milliseconds=1)
        return elapsed_ms * min(max(self.speed_percent, SLOWEST_PERCENT), FASTEST_PERCENT) // 100

    @property
    def listened_ms(self) -> int:
        """What counts: the union of what was heard, never more than can have been."""
        return min(length_ms(self.heard), self.bound_ms)

    # --8<-- [end:bound]

    @property
    def excess_ms(self) -> int:
        """What was claimed beyond that: an anomaly, never a statistic."""
        return length_ms(self.heard) - self.listened_ms

    def join(self, other: "Listening") -> "Listening":
        """Return both together."""
        return Listening(
            min(self.first_at, other.first_at),
            max(self.last_at, other.last_at),
            max(self.speed_percent, other.speed_percent),
            union(self.heard, other.heard),
        )


Day = tuple[UUID, date]  # a session, and a day of it


@dataclass(frozen=True, slots=True)
class State:
    """One listener's place in one recording."""

    head: Event | None = None
    heard: Ranges = ()
    days: Mapping[Day, Listening] = field(default_factory=dict)


# --8<-- [start:merge]
def merge(state: State, event: Event) -> State:
    """Return the state with one more event in it."""
    return join(state, state_of(event))


def join(one: State, other: State) -> State:
    """Return the least state that holds both."""
    days = dict(one.days)
    for day, listening in other.days.items():
        days[day] = days[day].join(listening) if day in days else listening
    return State(greater(one.head, other.head), union(one.heard, other.heard), days)


# --8<-- [end:merge]


def greater(one: Event | None, other: Event | None) -> Event | None:
    """Return the head of two: a higher generation, then the later, then by device and number, so that none are equal."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda event: event.key)


def state_of(event: Event) -> State:
    """Return what one event says."""
    at = event.effective_at
    listening = Listening(at, at, event.speed_percent, event.kept_ranges)
    return State(event, event.kept_ranges, {(event.session_id, at.astimezone(UTC).date()): listening})


def merged(events: Iterable[Event], state: State = State()) -> State:
    """Return a state with all these events in it."""
    for event in events:
        state = merge(state, event)
    return state
