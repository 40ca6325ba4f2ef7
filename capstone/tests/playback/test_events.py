"""What devices tell, and what becomes of each event."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from playback.listening import HOUR_MS, Player, make_recording, outcomes, place

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Audiobook
from audiobooks.library.models import Grant
from audiobooks.library.services import grant_give
from audiobooks.playback.models import (
    Coverage,
    Device,
    ListeningDay,
    ListeningPosition,
    PlaybackSession,
    PositionEvent,
)

pytestmark = pytest.mark.django_db


def test_who_begins_is_told_where_they_are(bo):
    book, phone = make_recording(title="Emma"), Player(bo)

    first = phone.begin(book)
    phone.tell(phone.event(60_000))
    again = phone.begin(book)

    assert (first.status_code, first.json()["position"]) == (201, None)
    assert again.json()["position"]["position_ms"] == 60_000
    assert again.json()["device"] == phone.device
    assert again.json()["audiobook"] == {"id": str(book.pk), "title": "Emma", "duration_ms": 10 * HOUR_MS}
    assert phone.client.get(again["Location"]).json() == again.json()


@pytest.mark.parametrize(
    ("but", "who", "status"),
    [
        ({}, "bo", 201),
        ({"access": "restricted"}, "bo", 201),
        ({"access": "restricted"}, "cy", 403),
        ({"access": "restricted"}, "ada", 201),
        ({"status": "draft"}, "bo", 404),
    ],
)
def test_only_who_may_hear_a_recording_begins_to_play_it(request, bo, but, who, status):
    book = make_recording(**but)
    grant_give(user_id=bo.pk, audiobook_id=book.pk)

    answer = Player(request.getfixturevalue(who)).begin(book)

    assert answer.status_code == status
    assert PlaybackSession.objects.count() == (status == 201)


def test_each_event_has_its_own_outcome(bo):
    phone = Player(bo)
    phone.begin(make_recording())
    late, now = phone.event(15_000, ago_s=30), phone.event(45_000)

    answer = phone.tell(
        now,
        late,
        now,
        now | {"position_ms": 46_000},
        phone.event(11 * HOUR_MS),
        phone.event(5_000, heard_from_ms=6_000),
        phone.event(5_000, ago_s=31 * 86_400),
    )

    assert outcomes(answer) == [
        "applied",
        "applied",  # in the order of time, not of the batch
        "duplicate",
        "sequence-reused",
        "beyond-the-end",
        "heard-backwards",
        "too-old",
    ]
    assert all(one["detail"] for one in answer.json()["results"][3:])
    assert place(answer) == 45_000
    assert PositionEvent.objects.count() == 2


def test_a_batch_sent_again_changes_nothing(bo):
    phone, book = Player(bo), make_recording()
    phone.begin(book)
    batch = [phone.event(15_000 * n, ago_s=60 - n) for n in range(1, 5)]
    first = phone.tell(*batch)
    before = rows()

    again = phone.tell(*batch)

    assert outcomes(first) == ["applied"] * 4
    assert outcomes(again) == ["duplicate"] * 4
    assert rows() == before
    assert again.json()["positions"] == first.json()["positions"]


def rows() -> list[object]:
    tables = (PositionEvent, ListeningPosition, Coverage, ListeningDay)
    return [row for table in tables for row in table.objects.order_by("pk").values_list()]


def test_what_comes_late_is_kept_but_moves_nobody(bo):
    phone, book = Player(bo), make_recording()
    phone.begin(book)
    PlaybackSession.objects.update(started_at=timezone.now() - timedelta(hours=2))
    phone.tell(phone.event(600_000))

    answer = phone.tell(phone.event(900_000, ago_s=3600))

    assert outcomes(answer) == ["superseded"]
    assert place(answer) == 600_000
    assert Coverage.objects.get().heard == ((585_000, 600_000), (885_000, 900_000))


@pytest.mark.parametrize("skew", [timedelta(days=-9000), timedelta(0), timedelta(days=26_000)])
def test_a_clock_that_is_decades_out_neither_wins_nor_loses(bo, skew):
    book = make_recording()
    wrong, right = Player(bo, "Watch", skew=skew), Player(bo)
    wrong.begin(book)
    right.begin(book)
    PlaybackSession.objects.update(started_at=timezone.now() - timedelta(hours=1))

    first = wrong.tell(wrong.event(100_000, ago_s=60))
    second = right.tell(right.event(110_000, ago_s=30))
    third = wrong.tell(wrong.event(120_000))

    assert [place(answer) for answer in (first, second, third)] == [100_000, 110_000, 120_000]
    assert all(event.effective_at <= timezone.now() for event in PositionEvent.objects.all())


def test_a_restart_is_not_undone_by_what_was_heard_before_it(bo):
    book = make_recording()
    phone, tablet = Player(bo), Player(bo, "Tablet")
    phone.begin(book)
    tablet.begin(book)

    phone.tell(phone.event(0, heard_ms=0, generation=1))
    answer = tablet.tell(tablet.event(5 * HOUR_MS))

    assert outcomes(answer) == ["superseded"]
    assert place(answer) == 0


def test_a_session_claims_no_more_than_time_allows(bo):
    phone = Player(bo)
    phone.begin(make_recording())

    phone.tell(phone.event(9 * HOUR_MS, heard_ms=9 * HOUR_MS, speed_percent=200))

    day = ListeningDay.objects.get()
    assert (day.listened_ms, day.excess_ms) == (60_000, 9 * HOUR_MS - 60_000)
    assert phone.get("stats/").json()["days"] == [{"day": day.day.isoformat(), "listened_ms": 60_000}]


def test_no_event_is_before_its_session(bo):
    phone = Player(bo)
    phone.begin(make_recording())

    phone.tell(phone.event(60_000, heard_ms=60_000, ago_s=20 * 86_400))

    assert PositionEvent.objects.get().effective_at == PlaybackSession.objects.get().started_at


# --- whose it is --------------------------------------------------------------------------------------------------


def test_a_session_is_its_listeners_alone(bo, cy):
    phone, thief = Player(bo), Player(cy)
    phone.begin(make_recording())
    phone.tell(phone.event(60_000))
    thief.session = phone.session

    answers = [
        thief.tell(thief.event(1_000)),
        thief.client.post(f"/api/v1/playback/{phone.session}/close/"),
        thief.client.get(f"/api/v1/playback/{phone.session}/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert PlaybackSession.objects.get().closed_at is None
    assert PositionEvent.objects.count() == 1


def test_a_device_of_somebody_elses_id_is_another_device(bo, cy):
    book, shared = make_recording(), uuid4()
    phone, twin = Player(bo, "Bo's", device_id=shared), Player(cy, "Cy's", device_id=shared)
    phone.begin(book)
    twin.begin(book)

    outcome = outcomes(phone.tell(phone.event(60_000))) + outcomes(twin.tell(twin.event(90_000)))

    assert outcome == ["applied", "applied"]  # the same device id and the same number: neither a duplicate
    assert sorted(Device.objects.values_list("user__username", "name")) == [("bo", "Bo's"), ("cy", "Cy's")]
    assert dict(ListeningPosition.objects.values_list("user__username", "position_ms")) == {
        "bo": 60_000,
        "cy": 90_000,
    }


def test_the_id_of_decisions_is_no_devices(bo):
    answer = Player(bo, device_id=UUID(int=0)).begin(make_recording())

    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (400, "device-reserved")


def test_the_51st_device_is_refused_and_the_50_go_on(bo):
    book, now = make_recording(), timezone.now()
    Device.objects.bulk_create(
        Device(user=bo, client_id=uuid4(), name="Tab", created_at=now) for _ in range(49)
    )
    known = Player(bo)

    answers = [known.begin(book), Player(bo).begin(book), known.begin(book)]

    assert [answer.status_code for answer in answers] == [201, 409, 201]


def test_a_grant_that_ended_ends_the_telling(bo):
    book = make_recording(access="restricted")
    grant_give(user_id=bo.pk, audiobook_id=book.pk)
    phone = Player(bo)
    phone.begin(book)
    phone.tell(phone.event(15_000))

    Grant.objects.all().delete()

    assert phone.tell(phone.event(30_000)).status_code == 403
    assert PositionEvent.objects.count() == 1


def test_a_withdrawn_recording_takes_no_events(bo):
    book, phone = make_recording(), Player(bo)
    phone.begin(book)

    Audiobook.objects.update(status=Audiobook.Status.WITHDRAWN)

    assert phone.tell(phone.event(30_000)).status_code == 404


def test_a_closed_account_has_no_place_in_any_book(bo):
    phone = Player(bo)
    phone.begin(make_recording())

    User.objects.update(is_active=False)

    assert phone.tell(phone.event(30_000)).json()["type"].rpartition("#")[2] == "account-gone"


def test_closing_twice_is_closing_once_and_late_events_are_welcome(bo):
    phone = Player(bo)
    phone.begin(make_recording())
    first = phone.client.post(f"/api/v1/playback/{phone.session}/close/")

    again = phone.client.post(f"/api/v1/playback/{phone.session}/close/")

    assert first.json()["closed_at"] == again.json()["closed_at"] != None  # noqa: E711
    assert outcomes(phone.tell(phone.event(30_000, ago_s=5))) == ["applied"]
