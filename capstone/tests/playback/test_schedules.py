"""Three devices, any schedule, lost answers, wrong clocks: what PostgreSQL holds in the end is sort and fold."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from uuid import UUID, uuid5

import pytest
from cast import make_audiobook, make_user
from hypothesis import HealthCheck, given, settings
from playback.histories import AT_NIGHT, DEVICES, MIDNIGHT, Sending, schedules, sorted_and_folded

from audiobooks.playback.divergence import divergences
from audiobooks.playback.merge import Event
from audiobooks.playback.models import (
    Coverage,
    ListeningDay,
    ListeningPosition,
    PositionConflict,
    PositionEvent,
)
from audiobooks.playback.services import OfflineSession, Told, positions_sync
from audiobooks.playback.services.sessions import device_row_id
from audiobooks.principal import Principal, Role

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600 if AT_NIGHT else 120)]
BEFORE = MIDNIGHT - timedelta(seconds=700)  # when each sitting began
number = count()


@settings(
    max_examples=1000 if AT_NIGHT else 8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(schedules())
def test_no_schedule_loses_a_place_parts_two_devices_or_inflates_a_statistic(db, schedule):
    history, sendings = schedule
    listener = make_user(f"listener-{next(number)}").principal
    book = make_audiobook(duration_ms=3_600_000)  # short enough that its grid is of whole seconds

    for sending in sendings:
        send(listener, book.pk, sending)

    events = [as_stored(listener.user_id, event) for event in history]
    truth = sorted_and_folded(events)
    mine = {"user": listener.user_id, "audiobook": book.pk}
    position = ListeningPosition.objects.filter(**mine).first()
    coverage = Coverage.objects.filter(**mine).first()
    days = ListeningDay.objects.filter(user=listener.user_id)
    assert (position and position.head.key) == (truth.head and truth.head.key)
    assert (position and position.position_ms) == (truth.head and truth.head.position_ms)
    assert (coverage.heard if coverage else ()) == truth.heard
    assert {(day.session_id, day.day): day.listening for day in days} == truth.days
    assert all(day.listened_ms == truth.days[day.session_id, day.day].listened_ms for day in days)
    assert PositionEvent.objects.filter(device__user=listener.user_id).count() == len(history)
    places = {
        (one.low_device_id, one.high_device_id): (one.low_position_ms, one.high_position_ms)
        for one in PositionConflict.objects.filter(**mine)
    }
    for pair in divergences([replace(event, revision=1) for event in events], {}):
        assert places[pair.low.device_id, pair.high.device_id] == (
            pair.low.position_ms,
            pair.high.position_ms,
        )


def session_id(user_id: UUID | None, session: UUID) -> UUID:
    return uuid5(user_id, str(session))


def as_stored(user_id: UUID | None, event: Event) -> Event:
    return replace(
        event,
        device_id=device_row_id(user_id, event.device_id),
        session_id=session_id(user_id, event.session_id),
    )


def send(listener: Principal, audiobook_id: UUID, sending: Sending) -> None:
    """Send a batch, as its device would: everything by its own clock."""
    assert listener.role == Role.LISTENER
    sittings = {session_id(listener.user_id, event.session_id) for event in sending.events}
    told = [
        Told(
            seq=event.seq,
            at=event.effective_at + sending.skew,
            generation=event.generation,
            position_ms=event.position_ms,
            heard_from_ms=event.heard[0] if event.heard else None,
            speed_percent=event.speed_percent,
            session_id=session_id(listener.user_id, event.session_id),
        )
        for event in sending.events
    ]
    device = sending.events[0].device_id
    result = positions_sync(
        principal=listener,
        device=(device, f"Device {DEVICES.index(device)}"),
        sent_at=sending.at + sending.skew,
        sessions=[OfflineSession(one, audiobook_id, BEFORE + sending.skew, 0) for one in sittings],
        told=told,
        now=sending.at,
    )
    assert "rejected" not in {outcome.outcome for outcome in result.outcomes}
