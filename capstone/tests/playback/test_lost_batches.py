"""
1,000 evenings of three devices on a bad network: requests get lost, answers get lost, copies come late.

Each device plays on, and sends all it has not been told is stored, until it is. Then PostgreSQL is compared with sort and
fold over what really happened. The evenings are the same in every run; by day there are 10 of them.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random

import pytest
from cast import make_audiobook, make_user
from contract.scene import count as counted
from playback.histories import AT_NIGHT, DEVICES, event_from, second, sorted_and_folded
from playback.test_schedules import BEFORE, as_stored, session_id

from audiobooks.playback.merge import Event, State
from audiobooks.playback.models import Coverage, ListeningDay, ListeningPosition, PositionEvent
from audiobooks.playback.services import OfflineSession, Told, positions_sync
from audiobooks.principal import Principal

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3 * 3600 if AT_NIGHT else 120)]
EVENINGS = 1_000 if AT_NIGHT else 10
LOST_REQUEST, LOST_ANSWER, LATE_COPY = 0.3, 0.3, 0.2


@dataclass
class Device:
    """What a device has to tell; its clock is wrong by ``skew``."""

    events: list[Event]
    skew: timedelta
    untold: list[Event] = field(default_factory=list)


@dataclass
class Evening:
    """One listener, one recording, three devices, and the network between them and the service."""

    dice: Random
    listener: Principal
    audiobook_id: object
    clock: count = field(
        default_factory=lambda: count(700, 7)
    )  # seconds after midnight: each batch has its own
    late: list[tuple[Device, list[Event], int]] = field(default_factory=list)
    sent: int = 0
    lost: int = 0

    def play(self, devices: list[Device]) -> None:
        """Let the devices play, in turn as the dice will, until each has been told that all it told is stored."""
        while waiting := [device for device in devices if device.events or device.untold]:
            device = self.dice.choice(waiting)
            for _ in range(self.dice.randint(0, 4)):
                if device.events:
                    device.untold.append(device.events.pop(0))
            if device.untold:
                self.send(device)
        for device, batch, at_s in self.late:
            self.store(device, batch, at_s)

    def send(self, device: Device) -> None:
        """Send what is untold; the network decides what comes of it."""
        batch, at_s = list(device.untold), next(self.clock)
        self.sent += 1
        if self.dice.random() < LATE_COPY:
            self.late.append((device, batch, at_s))
        if self.dice.random() < LOST_REQUEST:
            self.lost += 1
            return
        self.store(device, batch, at_s)
        if self.dice.random() < LOST_ANSWER:
            self.lost += 1
            return
        device.untold.clear()

    def store(self, device: Device, batch: list[Event], at_s: int) -> None:
        sessions = {event.session_id for event in batch}
        owner = self.listener.user_id
        result = positions_sync(
            principal=self.listener,
            device=(batch[0].device_id, "Device"),
            sent_at=second(at_s) + device.skew,
            sessions=[
                OfflineSession(session_id(owner, one), self.audiobook_id, BEFORE + device.skew, 0)
                for one in sessions
            ],
            told=[
                Told(
                    event.seq,
                    event.effective_at + device.skew,
                    event.generation,
                    event.position_ms,
                    event.heard[0] if event.heard else None,
                    event.speed_percent,
                    session_id(owner, event.session_id),
                )
                for event in batch
            ],
            now=second(at_s),
        )
        assert "rejected" not in {one.outcome for one in result.outcomes}


def test_on_a_bad_network_no_place_is_lost_no_device_parts_and_no_statistic_grows(request):
    lost = parted = inflated = 0
    sent = gone = told = 0
    for number in range(EVENINGS):
        dice = Random(number)  # noqa: S311 -- to be the same in every run
        evening = Evening(
            dice, make_user(f"evening-{number}").principal, make_audiobook(duration_ms=3_600_000).pk
        )
        devices = [
            Device(
                [event_from(one, seq, dice.randrange(2 * 4 * 4 * 5 * 121 * 41)) for seq in range(12)],
                timedelta(seconds=dice.choice([0, -7, 7, -(10**9), 10**9])),
            )
            for one in DEVICES
        ]
        history = [as_stored(evening.listener.user_id, event) for one in devices for event in one.events]

        evening.play(devices)

        truth = sorted_and_folded(history)
        stored = PositionEvent.objects.filter(device__user=evening.listener.user_id).count()
        lost += abs(len(history) - stored) + (place_of(evening.listener) != (truth.head and truth.head.key))
        parted += state_of(evening.listener) != (truth.heard, truth.days)
        inflated += statistics_above_the_bound(evening.listener, truth)
        sent, gone, told = sent + evening.sent, gone + evening.lost, told + len(history)

    for what, how_many in {
        "evenings": EVENINGS,
        "batches sent": sent,
        "requests or answers lost": gone,
        "events told": told,
        "places lost": lost,
        "states that differ": parted,
        "statistics above the bound": inflated,
    }.items():
        counted(request.node, what, how_many)
    assert (lost, parted, inflated) == (0, 0, 0)
    assert gone > sent // 4


def place_of(listener: Principal) -> object:
    position = ListeningPosition.objects.get(user=listener.user_id)
    return position.head.key


def state_of(listener: Principal) -> object:
    days = ListeningDay.objects.filter(user=listener.user_id)
    return (
        Coverage.objects.get(user=listener.user_id).heard,
        {(day.session_id, day.day): day.listening for day in days},
    )


def statistics_above_the_bound(listener: Principal, truth: State) -> int:
    """Count the days that say more than the time on the wall at the highest speed allows, by what really happened."""
    above = 0
    for row in ListeningDay.objects.filter(user=listener.user_id):
        day = truth.days[row.session_id, row.day]
        wall_ms = (day.last_at - day.first_at).total_seconds() * 1000 + 30_000
        above += row.listened_ms > wall_ms * day.speed_percent / 100
    return above
