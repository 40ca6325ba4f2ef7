"""Events and schedules to draw from: small numbers, so that they meet, overlap and tie often."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st

from audiobooks.playback.merge import Event, Listening, State, effective_at
from audiobooks.playback.ranges import Ranges

AT_NIGHT = bool(os.environ.get("NEXUS_ALL"))
properties = settings(max_examples=10_000 if AT_NIGHT else 60, deadline=None)
lesser_properties = settings(max_examples=2_000 if AT_NIGHT else 60, deadline=None)

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)  # ten minutes on either side: some sessions last over it
DEVICES = [UUID(int=n) for n in (1, 2, 3)]
SESSIONS = {device: [UUID(int=16 * device.int + n) for n in (0, 1)] for device in DEVICES}


def second(number: int) -> datetime:
    return MIDNIGHT + timedelta(seconds=number)


def event_from(device: UUID, seq: int, number: int) -> Event:
    """Return the event that a number stands for: one draw is many times faster than one for each field."""
    number, session = divmod(number, 2)
    number, generation = divmod(number, 4)
    number, speed = divmod(number, 4)
    number, length = divmod(number, 5)
    number, position = divmod(number, 121)
    length_ms = (None, 1000, 5000, 15_000, 40_000)[length]
    position_ms = position * 1000
    return Event(
        device_id=device,
        seq=seq,
        session_id=SESSIONS[device][session],
        generation=int(generation == 3),
        effective_at=second(number % 41 * 30 - 600),
        position_ms=position_ms,
        heard=None if length_ms is None else (max(0, position_ms - length_ms), position_ms),
        speed_percent=(100, 50, 150, 400)[speed],
    )


MOST = 2 * 4 * 4 * 5 * 121 * 41 - 1


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """What up to three devices have to tell, each event once."""
    numbers = draw(st.lists(st.tuples(st.sampled_from(DEVICES), st.integers(0, MOST)), max_size=12))
    told = dict.fromkeys(DEVICES, 0)
    history = []
    for (
        device,
        number,
    ) in numbers:  # each device counts its own events, so that two of the same moment tie in number too
        history.append(event_from(device, told[device], number))
        told[device] += 1
    return history


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Event], list[list[Event]]]:
    """A history, and one way in which it may arrive: in any order, some of it twice, in any batches."""
    history = draw(histories())
    again = draw(st.lists(st.sampled_from(history), max_size=8)) if history else []
    order = draw(st.permutations([*history, *again]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=4)))
    return history, [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]


# --8<-- [start:oracle]
def sorted_and_folded(events: list[Event]) -> State:
    """Return what the state must be, the slow and obvious way: sort, and count each millisecond of a set."""
    in_order = sorted(
        {(event.device_id, event.seq): event for event in events}.values(),
        key=lambda event: (event.generation, event.effective_at, str(event.device_id), event.seq),
    )
    by_day: dict[tuple[UUID, object], list[Event]] = {}
    for event in in_order:
        by_day.setdefault((event.session_id, event.effective_at.date()), []).append(event)
    days = {
        day: Listening(
            first_at=min(event.effective_at for event in group),
            last_at=max(event.effective_at for event in group),
            speed_percent=max(event.speed_percent for event in group),
            heard=heard_by(group),
        )
        for day, group in by_day.items()
    }
    return State(in_order[-1] if in_order else None, heard_by(in_order), days)  # type: ignore[arg-type]


# --8<-- [end:oracle]


def heard_by(events: list[Event]) -> Ranges:
    """Return the ranges of the seconds in anybody's range; every range here is of whole seconds."""
    seconds = {
        second
        for event in events
        if event.heard
        for second in range(event.heard[0] // 1000, event.heard[1] // 1000)
    }
    starts = sorted(second for second in seconds if second - 1 not in seconds)
    ends = sorted(second + 1 for second in seconds if second + 1 not in seconds)
    return tuple((start * 1000, end * 1000) for start, end in zip(starts, ends, strict=True))


@dataclass(frozen=True)
class Sending:
    """A batch on its way: what it holds, by a clock that is wrong by ``skew``, and when it arrives."""

    events: list[Event]
    skew: timedelta
    at: datetime

    def arrived(self) -> list[Event]:
        """Return the events as the server stores them: their times corrected, from nothing but what the batch says."""
        sent_at = self.at + self.skew
        return [
            Event(
                event.device_id,
                event.seq,
                event.session_id,
                event.generation,
                effective_at(event.effective_at + self.skew, sent_at=sent_at, now=self.at),
                event.position_ms,
                event.heard,
                event.speed_percent,
            )
            for event in self.events
        ]


@st.composite
def schedules(draw: st.DrawFn) -> tuple[list[Event], list[Sending]]:
    """A history, and batches that hold all of it, some sent again: each device's clock is years out, or right."""
    history = draw(histories())
    skews = {
        device: timedelta(seconds=draw(st.sampled_from([0, -7, 7, -(10**9), 10**9]))) for device in DEVICES
    }
    sendings = []
    for device in DEVICES:
        own = [event for event in history if event.device_id == device]
        again = draw(st.lists(st.sampled_from(own), max_size=4)) if own else []
        sendings += [
            Sending([event], skews[device], second(draw(st.integers(600, 5000)))) for event in [*own, *again]
        ]
    return history, draw(st.permutations(sendings))
