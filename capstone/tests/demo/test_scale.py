"""A catalogue at scale: the same for the same seed, true to the merge, and labelled."""

import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Audiobook, Book, Card, Credit
from audiobooks.catalog.services.cards import cards_compare
from audiobooks.catalog.sorting import sort_key
from audiobooks.demo.accounts import password_of
from audiobooks.playback.merge import merged
from audiobooks.playback.models import (
    Coverage,
    Device,
    EventReceipt,
    ListeningDay,
    ListeningPosition,
    PlaybackSession,
    PositionEvent,
)
from audiobooks.reviews.models import Review
from audiobooks.reviews.services.checking import summaries_check

pytestmark = pytest.mark.django_db

SMALL = {"audiobooks": 300, "users": 40, "positions": 200, "events": 1000, "seed": 7}


def seed(tmp_path: Path, **but: object) -> dict[str, dict]:
    """Seed, and return the labels."""
    file = tmp_path / "labels.json"
    options = SMALL | {"until": date(2026, 11, 1), "labels": file} | but
    call_command("seed_scale", stdout=StringIO(), **options)
    return json.loads(file.read_text())


def rows() -> dict[str, list]:
    """Return what the seed decides, whole, without serial numbers and the salted password."""
    leave_out = {
        User: {"password"},
        Credit: {"id"},
        EventReceipt: {"id"},
        Coverage: {"id"},
        ListeningDay: {"id"},
    }
    models = (
        User,
        Book,
        Audiobook,
        Credit,
        PlaybackSession,
        PositionEvent,
        EventReceipt,
        Coverage,
        ListeningDay,
    )
    return {
        model.__name__: sorted(
            map(
                repr,
                model._default_manager.values_list(
                    *[
                        f.attname
                        for f in model._meta.concrete_fields
                        if f.name not in leave_out.get(model, ())
                    ]
                ),
            )
        )
        for model in models
    }


def test_it_makes_exactly_as_much_as_was_asked_for(tmp_path):
    labels = seed(tmp_path)

    made = [
        model.objects.count() for model in (Audiobook, User, ListeningPosition, PositionEvent, EventReceipt)
    ]
    assert made == [300, 40, 200, 1000, 1000]
    assert labels["size"] == SMALL | {"until": "2026-11-01"}


def test_the_same_seed_makes_the_same_and_another_seed_another(tmp_path):
    labels, first = seed(tmp_path), rows()
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE accounts_user, catalog_book, catalog_person, catalog_genre, catalog_publisher, catalog_series CASCADE"
        )

    assert (seed(tmp_path), rows()) == (labels, first)

    other = seed(tmp_path, seed=8, beside=True)
    assert Audiobook.objects.count() == 600
    assert other["held_out"] != labels["held_out"]


def test_positions_coverage_and_days_are_what_the_merge_makes_of_the_events(tmp_path):
    seed(tmp_path)

    events = defaultdict(list)
    owner = dict(PlaybackSession.objects.values_list("pk", "user_id"))
    for row in PositionEvent.objects.all():
        events[owner[row.session_id], row.audiobook_id].append(row.event)
    states = {key: merged(some) for key, some in events.items()}

    positions = {(row.user_id, row.audiobook_id): row.head.key for row in ListeningPosition.objects.all()}
    assert positions == {key: state.head.key for key, state in states.items()}
    heard = {(row.user_id, row.audiobook_id): row.heard for row in Coverage.objects.all()}
    assert heard == {key: state.heard for key, state in states.items()}
    days = {
        (row.session_id, row.day): (row.listening, row.listened_ms, row.excess_ms)
        for row in ListeningDay.objects.all()
    }
    assert days == {
        day: (one, one.listened_ms, one.excess_ms)
        for state in states.values()
        for day, one in state.days.items()
    }


def test_everything_happened_in_the_45_days_before(tmp_path):
    seed(tmp_path)

    moments = list(PositionEvent.objects.values_list("effective_at", flat=True))
    until = datetime(2026, 11, 1, tzinfo=UTC)
    assert until - timedelta(days=45) <= min(moments) < max(moments) < until
    positions = PositionEvent.objects.values_list("position_ms", "audiobook__duration_ms")
    assert all(position_ms <= duration_ms for position_ms, duration_ms in positions)


def test_what_was_planted_is_there_and_nothing_else_is(tmp_path):
    planted = seed(tmp_path, users=1000, positions=3000, events=9000)["anomalies"]

    assert {kind: len(users) for kind, users in planted.items()} == {
        "at_once": 2,
        "harvested": 2,
        "overclaimed": 2,
    }
    impossible = ListeningDay.objects.filter(excess_ms__gt=0).values_list("user_id", flat=True)
    assert {str(user) for user in impossible} == set(planted["overclaimed"])
    with_five = {str(user.pk) for user in User.objects.all() if user.devices.count() == 5}
    assert with_five == set(planted["at_once"])
    starts = PlaybackSession.objects.filter(user__in=planted["at_once"]).values_list("user_id", "started_at")
    assert len(set(starts)) == 2 < len(starts)
    lengths = PositionEvent.objects.filter(session__user__in=planted["harvested"]).values_list(
        "position_ms", "heard_from_ms"
    )
    assert {position_ms - from_ms for position_ms, from_ms in lengths} == {1000}


def test_what_is_held_out_was_not_heard(tmp_path):
    held_out = seed(tmp_path)["held_out"]

    heard = {
        (str(user), str(book)) for user, book in ListeningPosition.objects.values_list("user", "audiobook")
    }
    assert len(held_out) == 40
    assert heard.isdisjoint(map(tuple, held_out))
    assert Audiobook.objects.filter(pk__in=[book for _, book in held_out]).exists()


def test_few_recordings_have_most_of_the_listeners(tmp_path):
    seed(tmp_path, audiobooks=1000, users=500, positions=5000, events=5000)

    titles = ListeningPosition.objects.values_list("audiobook__title", flat=True)
    ranks = [int(title.rsplit(" ", 1)[1]) for title in titles]
    assert sum(rank <= 100 for rank in ranks) > 0.4 * len(ranks)
    assert len(set(ranks)) > 500


def test_titles_and_names_sort_as_the_catalogue_sorts_them(tmp_path):
    seed(tmp_path)

    for audiobook in Audiobook.objects.select_related("book"):
        assert (
            audiobook.sort_title == sort_key(audiobook.title, audiobook.language) == audiobook.book.sort_title
        )
    for credit in Credit.objects.select_related("person"):
        assert credit.person.sort_name == sort_key(credit.person.filed_as)


def test_one_place_in_five_has_a_review_and_ratings_are_made_of_them(tmp_path):
    seed(tmp_path, positions=500)

    assert Review.objects.count() == 100
    check = summaries_check(now=timezone.now())
    assert (check.reviews, check.differences) == (100, 0)
    assert {one.overall for one in Review.objects.all()} == {1, 2, 3, 4, 5}


def test_every_recording_has_its_card(tmp_path):
    seed(tmp_path)

    assert Card.objects.count() == 300
    assert cards_compare() == []


def test_listeners_can_log_in(tmp_path):
    seed(tmp_path)

    body = {"username": "listener-7-3", "password": password_of("listener")}
    answer = APIClient().post("/api/v1/auth/token/", body, format="json")

    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize(
    ("but", "why"),
    [
        ({}, "There are recordings already"),
        ({"beside": True}, "seed 7 makes is here"),
        ({"beside": True, "seed": 9, "events": 100}, "1 to 20 events"),
        ({"beside": True, "seed": 9, "users": 0}, "at least 1"),
        ({"beside": True, "seed": 9, "audiobooks": 3, "users": 10}, "ask for fewer"),
    ],
)
def test_it_refuses_what_would_be_wrong_and_leaves_all_as_it_was(tmp_path, but, why):
    seed(tmp_path)
    before = rows()

    with pytest.raises(CommandError, match=why):
        seed(tmp_path, **but)

    assert rows() == before


def test_it_refuses_in_production(tmp_path, settings):
    settings.BEHIND_HTTPS = True

    with pytest.raises(CommandError, match="real listeners"):
        seed(tmp_path)

    assert not User.objects.exists()


def test_every_foreign_key_is_back(tmp_path):
    count = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated"
    with connection.cursor() as cursor:
        before = cursor.execute(count).fetchone()
        seed(tmp_path)

        assert cursor.execute(count).fetchone() == before


def test_a_device_may_be_used_again_and_each_event_has_its_own_number(tmp_path):
    seed(tmp_path)

    for device in Device.objects.all():
        seqs = sorted(PositionEvent.objects.filter(device=device).values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1))
        assert sorted(device.receipts.values_list("seq", flat=True)) == seqs
