"""What the tables promise: months of events, cheap ticks, constraints, and one listener's changes in a row."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from cast import tick
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from playback.listening import Player, make_recording, outcomes

from audiobooks.library.models import LibraryEntry, Revision
from audiobooks.playback.models import (
    Coverage,
    Device,
    EventReceipt,
    ListeningDay,
    ListeningPosition,
    PlaybackSession,
    PositionConflict,
    PositionEvent,
)
from audiobooks.playback.partitions import month_of, name_of, partitions, partitions_make
from audiobooks.playback.tasks import keep_position_events

pytestmark = pytest.mark.django_db
HOT = (ListeningPosition, Coverage, ListeningDay, PlaybackSession, Revision)


def updates(table: str) -> tuple[int, int]:
    """Return how many rows of a table this transaction has changed, and how many of them without touching an index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = %s", [table]
        )
        return cursor.fetchone()


def test_20_ticks_rewrite_one_row_of_each_table_and_no_index(bo):
    phone = Player(bo)
    phone.begin(make_recording())
    phone.tell(phone.event(15_000))
    before = {model: updates(model._meta.db_table) for model in HOT}

    for n in range(2, 22):
        phone.tell(phone.event(15_000 * n))

    after = {model: updates(model._meta.db_table) for model in HOT}
    grown = {model: tuple(b - a for a, b in zip(before[model], after[model], strict=True)) for model in HOT}
    assert grown == dict.fromkeys(HOT, (20, 20))


def test_what_a_tick_changes_stands_in_no_index():
    changed = {
        "position_ms",
        "heard_at",
        "generation",
        "seq",
        "device_id",
        "revision",
        "heard",
        "last_at",
        "listened_ms",
    }
    with connection.cursor() as cursor:
        for model in HOT:
            constraints = connection.introspection.get_constraints(cursor, model._meta.db_table)
            indexed = {name for one in constraints.values() if one["index"] for name in one["columns"]}
            if model is PlaybackSession:
                indexed -= {"device_id"}  # a session never changes its own
            assert not indexed & changed, model


@pytest.mark.parametrize("model", HOT)
def test_pages_of_what_a_tick_changes_are_left_half_empty(model):
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])

        assert cursor.fetchone() == (["fillfactor=50"],)


# --- months -------------------------------------------------------------------------------------------------------


def test_the_month_before_this_one_and_three_ahead_are_there():
    today = timezone.now().date()

    assert set(partitions()) >= {month_of(today, offset) for offset in range(-1, 4)}
    assert partitions_make(now=timezone.now()) == []


def test_what_no_month_was_made_for_waits_in_the_default_and_moves_when_it_is(bo):
    phone = Player(bo)
    phone.begin(make_recording())
    phone.tell(phone.event(15_000))
    far = datetime(2031, 5, 31, 23, 59, 59, tzinfo=UTC)
    PositionEvent.objects.update(effective_at=far)
    PlaybackSession.objects.update(started_at=far)
    waiting = lying_in("playback_positionevent_default")

    made = partitions_make(now=datetime(2031, 6, 1, tzinfo=UTC))

    assert (waiting, made[0], made[-1]) == (1, date(2031, 5, 1), date(2031, 9, 1))
    assert lying_in("playback_positionevent_default") == 0
    assert lying_in("playback_positionevent_2031_05") == 1


def lying_in(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM playback_positionevent WHERE tableoid = %s::regclass", [table])
        return cursor.fetchone()[0]


def test_upkeep_drops_months_that_ended_400_days_ago_and_forgets_old_receipts(bo):
    phone, now = Player(bo), timezone.now()
    phone.begin(make_recording())
    phone.tell(phone.event(15_000))
    old = [month_of(now.date(), offset) for offset in (-15, -14)]
    partitions_make(now=now - timedelta(days=30 * 15))
    EventReceipt.objects.update(stored_at=now - timedelta(days=61))

    tick(keep_position_events)
    tick(keep_position_events)

    assert all(month_of(month, 1) > now.date() - timedelta(days=400) for month in partitions())
    assert not {name_of(month) for month in old} & {name_of(month) for month in partitions()}
    assert (EventReceipt.objects.count(), PositionEvent.objects.count()) == (0, 1)


# --- constraints --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "change", "constraint"),
    [
        (PositionEvent, {"heard_from_ms": 99_000}, "event_heard_up_to_position"),
        (PositionEvent, {"speed_percent": 401}, "event_speed_bounded"),
        (ListeningDay, {"listened_ms": 345_720_001}, "listening_is_possible"),
        (ListeningDay, {"last_at": datetime(2020, 1, 1, tzinfo=UTC)}, "listening_in_order"),
        (PlaybackSession, {"closed_at": datetime(2020, 1, 1, tzinfo=UTC)}, "playback_closes_after_start"),
        (PositionConflict, {"settled_by": "user"}, "conflict_settled_by_somebody"),
        (Revision, {"forgotten": 10**6}, "revision_forgets_the_past"),
    ],
)
def test_the_database_refuses_what_cannot_be(bo, model, change, constraint):
    book, one, other = make_recording(), Player(bo, "One"), Player(bo, "Other")
    one.begin(book)
    other.begin(book)
    one.tell(one.event(15_000))
    other.tell(other.event(98_000))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        assert model.objects.update(**change)


def test_who_deletes_an_account_deletes_its_history_and_nobody_elses(bo, cy):
    book = make_recording()
    for user in (bo, cy):
        one, other = Player(user, "One"), Player(user, "Other")
        one.begin(book)
        other.begin(book)
        one.tell(one.event(15_000))
        other.tell(other.event(98_000))
    tables = (*HOT, PositionEvent, EventReceipt, PositionConflict, Device, LibraryEntry)
    before = {table: table.objects.count() for table in tables}

    bo.delete()

    assert {table: 2 * table.objects.count() for table in tables} == before
    assert all(before.values())


# --- at once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_8_devices_at_once_lose_nothing_and_each_change_has_its_number(bo):
    book, players = make_recording(), [Player(bo, f"Device {n}") for n in range(8)]
    for player in players:
        player.begin(book)
    together, found = Barrier(8), {}

    def play(number: int, player: Player) -> None:
        together.wait(30)
        start_ms = 100_000 * number
        found[number] = [
            outcomes(player.tell(player.event(start_ms + 10_000 * tick, heard_ms=10_000)))
            for tick in (1, 2, 3)
        ]
        connection.close()

    threads = [Thread(target=play, args=pair) for pair in enumerate(players)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(found) == list(range(8))
    assert Coverage.objects.get().heard == tuple((100_000 * n, 100_000 * n + 30_000) for n in range(8))
    revisions = list(PositionEvent.objects.order_by("revision").values_list("revision", flat=True))
    assert (len(revisions), len(set(revisions)), revisions[-1]) == (24, 24, Revision.objects.get().number)
    newest = max(PositionEvent.objects.all(), key=lambda row: row.event.key)
    assert ListeningPosition.objects.get().position_ms == newest.position_ms
