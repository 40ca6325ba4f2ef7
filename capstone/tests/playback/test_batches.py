"""How much one batch of events may hold, what it costs, and what was played offline."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from playback.listening import Player, make_recording, outcomes

from audiobooks.playback.models import (
    PlaybackSession,
    PositionEvent,
)

pytestmark = pytest.mark.django_db


# --- bounds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("events", "status"), [(0, 400), (1, 200), (500, 200), (501, 400)])
def test_a_batch_holds_1_to_500_events(bo, events, status):
    phone = Player(bo)
    phone.begin(make_recording())

    answer = phone.tell(*(phone.event(1000 * n, heard_ms=1000) for n in range(events)))

    assert answer.status_code == status
    assert PositionEvent.objects.count() == (events if status == 200 else 0)


def test_a_body_of_more_than_256_kib_is_refused(bo):
    phone = Player(bo)
    phone.begin(make_recording())

    answer = phone.tell(phone.event(1, name="x" * 256 * 1024))

    assert answer.status_code == 413


def test_a_wrong_member_is_pointed_at(bo):
    phone = Player(bo)
    phone.begin(make_recording())

    answer = phone.tell(phone.event(1), phone.event(2, speed_percent=401))

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/events/1/speed_percent")


def test_a_batch_costs_4_queries_and_its_savepoint_however_many_events_it_holds(
    bo, django_assert_num_queries
):
    phone = Player(bo)
    phone.begin(make_recording())
    phone.tell(phone.event(1_000))
    one, many = [phone.event(2_000)], [phone.event(1000 * n) for n in range(3, 203)]

    for batch in (one, many):
        with django_assert_num_queries(6):
            phone.tell(*batch)
    with django_assert_num_queries(6):  # nothing new
        phone.tell(*many)


def test_batches_of_any_length_are_written_by_one_prepared_statement(bo):
    phone = Player(bo)
    phone.begin(make_recording())

    for length in range(1, 9):
        phone.tell(*(phone.event(1000 * (10 * length + n), speed_percent=50 * length) for n in range(length)))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%INSERT INTO playback_listeningposition%"],
        )
        assert cursor.fetchall() == [(3,)]  # the first five are counted by psycopg, and sent unprepared


# --- offline ------------------------------------------------------------------------------------------------------


def test_what_was_played_offline_in_two_recordings_is_told_at_once(bo):
    one, other, phone = make_recording(), make_recording(), Player(bo)
    sittings = [phone.sitting(one), phone.sitting(other)]
    events = [phone.event(60_000 + n, ago_s=500 - n, session=sittings[n % 2]["id"]) for n in range(4)]

    answer = phone.sync(sittings, events)

    assert outcomes(answer) == ["applied"] * 4
    assert {p["audiobook"]["id"]: p["position_ms"] for p in answer.json()["positions"]} == {
        str(one.pk): 60_002,
        str(other.pk): 60_003,
    }
    assert outcomes(phone.sync(sittings, events)) == ["duplicate"] * 4
    assert PlaybackSession.objects.count() == 2


def test_what_may_not_be_told_is_rejected_and_the_rest_is_taken(bo, cy):
    open_, closed, draft = (
        make_recording(),
        make_recording(access="restricted"),
        make_recording(status="draft"),
    )
    phone, others = Player(bo), Player(cy)
    others.begin(open_)
    sittings = [
        phone.sitting(closed),
        phone.sitting(draft),
        phone.sitting(open_, id=others.session),
        phone.sitting(open_, ago_s=31 * 86_400),
        phone.sitting(open_),
    ]
    unlisted = str(uuid4())
    events = [phone.event(1_000, session=session) for session in [*(one["id"] for one in sittings), unlisted]]

    answer = phone.sync(sittings, events)

    assert outcomes(answer) == [
        "grant-required",
        "audiobook-unknown",
        "playback-unknown",
        "too-old",
        "applied",
        "playback-unknown",
    ]
    assert PositionEvent.objects.get().session_id == UUID(sittings[4]["id"])


def test_syncing_costs_the_same_however_many_events(bo, django_assert_num_queries):
    phone, book = Player(bo), make_recording()
    sitting = phone.sitting(book)
    phone.sync([sitting], [phone.event(1_000, session=sitting["id"])])

    for events in (1, 100):
        told = [phone.event(2_000 + n, session=sitting["id"]) for n in range(events)]
        with django_assert_num_queries(8):
            phone.sync([sitting], told)
