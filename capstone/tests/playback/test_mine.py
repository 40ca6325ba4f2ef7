"""What is a listener's own: places, statistics, and the feed of what changed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playback.listening import Player, make_recording

from audiobooks.catalog.models import Audiobook
from audiobooks.library.models import Revision, Tombstone
from audiobooks.library.revisions import revision_next, tombstones_forget, tombstones_write
from audiobooks.playback.models import ListeningDay, PlaybackSession

pytestmark = pytest.mark.django_db


def heard(player: Player, count: int) -> list[Audiobook]:
    books = [make_recording() for _ in range(count)]
    for number, book in enumerate(books):
        player.begin(book)
        player.tell(player.event(60_000 + number))
    return books


@pytest.mark.parametrize("count", [1, 12])
def test_listing_places_costs_one_query(bo, django_assert_num_queries, count):
    phone = Player(bo)
    heard(phone, count)

    with django_assert_num_queries(1):
        places = phone.get("positions/").json()["results"]

    assert [one["position_ms"] for one in places] == [60_000 + n for n in reversed(range(count))]


def test_nobody_sees_anothers_places_or_those_that_were_withdrawn(bo, cy):
    phone = Player(bo)
    book, _ = heard(phone, 2)
    heard(Player(cy), 1)

    Audiobook.objects.filter(pk=book.pk).update(status=Audiobook.Status.WITHDRAWN)

    assert [one["position_ms"] for one in phone.get("positions/").json()["results"]] == [60_001]


# --- statistics ---------------------------------------------------------------------------------------------------


def test_each_millisecond_is_heard_once_and_each_day_counts_what_was_listened(bo, django_assert_num_queries):
    phone = Player(bo)
    phone.begin(make_recording())
    phone.tell(phone.event(20_000, heard_ms=20_000))
    phone.tell(phone.event(25_000, heard_ms=20_000))
    session = PlaybackSession.objects.get()
    today = timezone.now()
    ListeningDay.objects.create(
        user=bo,
        session=session,
        day=(today - timedelta(days=3)).date(),
        first_at=today,
        last_at=today,
        speed_percent=100,
        heard=((0, 7_000),),
        listened_ms=7_000,
    )

    with django_assert_num_queries(2):
        stats = phone.get("stats/").json()
    recent = phone.get("stats/", days=3).json()

    assert stats["heard_ms"] == 25_000
    assert [day["listened_ms"] for day in stats["days"]] == [25_000, 7_000]
    assert [day["listened_ms"] for day in recent["days"]] == [25_000]


def test_no_day_has_more_than_a_day_at_four_times_the_speed(bo):
    phone = Player(bo)
    phone.begin(make_recording())
    phone.begin(make_recording())
    now = timezone.now()
    for session in PlaybackSession.objects.all():
        ListeningDay.objects.create(
            user=bo,
            session=session,
            day=now.date(),
            first_at=now,
            last_at=now,
            speed_percent=400,
            heard=((0, 7_000),),
            listened_ms=300_000_000,
        )

    assert phone.get("stats/").json()["days"][0]["listened_ms"] == 345_720_000


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"days": 0}, "out_of_range"),
        ({"days": 367}, "out_of_range"),
        ({"days": "-1"}, "out_of_range"),
        ({"days": "x"}, "out_of_range"),
        ({"days": [1, 2]}, "repeated"),
        ({"weeks": 1}, "unknown"),
    ],
)
def test_a_wrong_number_of_days_is_named(bo, query, code):
    answer = Player(bo).client.get("/api/v1/me/stats/", query)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


# --- the feed -----------------------------------------------------------------------------------------------------


def feed(player: Player, **query):
    answer = player.get("changes/", **query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def told_places(answer) -> list[int]:
    return [one["position"]["position_ms"] for one in answer["changes"] if one["position"]]


def test_the_feed_tells_each_change_once_and_then_nothing(bo, cy):
    phone = Player(bo)
    heard(phone, 2)
    heard(Player(cy), 1)

    first = feed(phone, since=0)
    again = feed(phone, since=first["next"])
    phone.tell(phone.event(90_000))
    after = feed(phone, since=first["next"])

    assert told_places(first) == [60_000, 60_001]
    assert [change["kind"] for change in first["changes"]] == ["entry", "position"] * 2
    assert (again["changes"], again["next"]) == ([], first["next"])
    assert told_places(after) == [90_000]
    assert after["next"] > first["next"]


def test_the_feed_in_pages_of_one_is_the_feed(bo):
    phone = Player(bo)
    heard(phone, 5)
    whole = feed(phone)

    pages, since, more = [], 0, True
    while more:
        page = feed(phone, since=since, limit=1)
        pages += page["changes"]
        since, more = page["next"], page["has_more"]

    assert pages == whole["changes"]
    assert since == whole["next"]


def test_one_change_that_touched_many_things_is_never_split(bo):
    phone = Player(bo)
    books = [make_recording() for _ in range(4)]
    sittings = [phone.sitting(book) for book in books]
    phone.sync(sittings, [phone.event(1_000, session=sitting["id"]) for sitting in sittings])

    page = feed(phone, limit=2)

    assert (len(page["changes"]), page["has_more"]) == (8, False)  # four places, four entries
    assert feed(phone, since=page["next"])["changes"] == []


def test_what_was_deleted_is_told_and_forgotten_after_a_time(bo):
    phone, gone = Player(bo), [uuid4(), uuid4()]
    now = timezone.now()
    heard(phone, 1)
    for age, object_id in enumerate(gone):
        deleted_at = now - timedelta(days=100 - age)
        revision = revision_next(bo.pk)
        tombstones_write(
            user_id=bo.pk, kind="position", object_ids=[object_id], revision=revision, now=deleted_at
        )
    told = feed(phone)

    assert tombstones_forget(before=now - timedelta(days=99, hours=12)) == 1

    assert [one["id"] for one in told["changes"] if one["is_deleted"]] == [str(one) for one in gone]
    assert all(one["position"] is None for one in told["changes"] if one["is_deleted"])
    forgotten = Revision.objects.get().forgotten
    too_old = phone.get("changes/", since=forgotten - 1)
    assert (too_old.status_code, too_old.json()["type"].rpartition("#")[2]) == (410, "changes-forgotten")
    assert [one["id"] for one in feed(phone, since=forgotten)["changes"]] == [str(gone[1])]
    assert len(feed(phone, since=0)["changes"]) == 3
    assert Tombstone.objects.count() == 1


def test_a_revision_that_was_never_told_is_refused(bo):
    answer = Player(bo).get("changes/", since=7)

    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (400, "since-unknown")


@pytest.mark.parametrize("count", [1, 10])
def test_the_feed_costs_8_queries(bo, django_assert_num_queries, count):
    phone = Player(bo)
    heard(phone, count)

    with django_assert_num_queries(9):
        assert len(told_places(feed(phone))) == count
