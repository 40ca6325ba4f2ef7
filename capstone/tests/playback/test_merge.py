"""The laws of the position merge, for histories that nobody wrote down; with ``NEXUS_ALL`` 2,000 or 10,000 of each."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playback.histories import (
    AT_NIGHT,
    DEVICES,
    MIDNIGHT,
    SESSIONS,
    arrivals,
    heard_by,
    histories,
    lesser_properties,
    properties,
    schedules,
    second,
    sorted_and_folded,
)

from audiobooks.playback.divergence import LEAST_NEW_MS, MOST_APART_MS, divergences
from audiobooks.playback.merge import Event, State, effective_at, join, merge, merged
from audiobooks.playback.ranges import length_ms, union

pytestmark = pytest.mark.timeout(900 if AT_NIGHT else 60)


@properties
@given(arrivals())
def test_whatever_the_order_the_repetitions_and_the_batches_the_state_is_sort_and_fold(arrival):
    history, batches = arrival

    state = State()
    for batch in batches:
        state = join(state, merged(batch))

    assert state == sorted_and_folded(history)


@lesser_properties
@given(histories(), st.lists(st.sampled_from([1, 2, 3, 4, 5, 6, 7]), min_size=12, max_size=12))
def test_joining_is_commutative_associative_and_idempotent(history, shares):
    a, b, c = (  # three shares of one history, which overlap
        merged(event for event, share in zip(history, shares, strict=False) if share & bit)
        for bit in (1, 2, 4)
    )

    assert join(a, b) == join(b, a)
    assert join(join(a, b), c) == join(a, join(b, c))
    assert join(a, a) == a
    assert all(merge(merged(history), event) == merged(history) for event in history)


@properties
@given(schedules())
def test_clocks_that_are_30_years_out_change_nothing(schedule):
    history, sendings = schedule

    state = merged(event for sending in sendings for event in sending.arrived())

    assert state == sorted_and_folded(history)


@lesser_properties
@given(schedules())
def test_no_schedule_makes_a_device_diverge_that_another_schedule_does_not(schedule):
    history, sendings = schedule
    stored: dict[object, Event] = {}
    for revision, sending in enumerate(sendings, 1):
        for event in sending.arrived():
            stored.setdefault((event.device_id, event.seq), replace(event, revision=revision))

    as_it_arrived = divergences(stored.values(), {})
    in_order = divergences([replace(event, revision=n) for n, event in enumerate(history, 1)], {})

    assert as_it_arrived == in_order


@lesser_properties
@given(arrivals())
def test_no_statistic_is_above_what_can_have_been_heard(arrival):
    history, batches = arrival

    state = merged(event for batch in batches for event in batch)

    for (session, day), listening in state.days.items():
        events = [e for e in history if (e.session_id, e.effective_at.date()) == (session, day)]
        moments = [event.effective_at for event in events]
        real_ms = (max(moments) - min(moments)).total_seconds() * 1000 + 30_000
        assert 0 <= listening.listened_ms <= real_ms * max(event.speed_percent for event in events) / 100
        assert listening.listened_ms + listening.excess_ms == length_ms(heard_by(events))


@lesser_properties
@given(arrivals())
def test_a_restart_is_undone_by_nothing_older(arrival):
    _, batches = arrival
    restart = Event(DEVICES[0], 99, SESSIONS[DEVICES[0]][0], 7, second(-600), position_ms=0)

    for place in range(len(batches) + 1):
        events = [*batches[:place], [restart], *batches[place:]]
        assert merged(event for batch in events for event in batch).head == restart


@lesser_properties
@given(
    st.integers(-(10**9), 10**11).map(second),
    st.integers(-100, 10**6),
    st.integers(0, 10**6),
)
def test_a_time_of_a_device_is_as_long_ago_as_its_own_clock_says_and_never_ahead(sent_at, ago_s, now_s):
    now = MIDNIGHT + timedelta(seconds=now_s)

    at = effective_at(sent_at - timedelta(seconds=ago_s), sent_at=sent_at, now=now)

    assert now - at == timedelta(seconds=max(ago_s, 0))


@lesser_properties
@given(st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8), max_size=3))
def test_a_union_has_one_form_and_loses_no_millisecond(several):
    ranges = union(*several)

    members = {ms for one in several for start, end in one for ms in range(start, end)}
    assert [ms for start, end in ranges for ms in range(start, end)] == sorted(members)
    assert all(end < start for (_, end), (start, _) in pairwise(ranges))
    assert length_ms(ranges) == len(members)


# --- by hand: what each number is for -----------------------------------------------------------------------------

PHONE, TABLET = DEVICES[:2]


def tick(device, seq, at_s, position_ms, *, heard_ms=15_000, generation=0, revision=1, speed=100):
    heard = (position_ms - heard_ms, position_ms) if heard_ms else None
    return Event(
        device,
        seq,
        SESSIONS[device][0],
        generation,
        second(at_s),
        position_ms,
        heard,
        speed,
        revision,
    )


@pytest.mark.parametrize(
    ("heard_ms", "apart_ms", "found"),
    [
        (LEAST_NEW_MS, MOST_APART_MS + 1, 1),
        (LEAST_NEW_MS, MOST_APART_MS, 0),
        (LEAST_NEW_MS - 1, MOST_APART_MS + 1, 0),
    ],
)
def test_a_conflict_takes_15_s_of_news_on_both_sides_and_more_than_60_s_between_them(
    heard_ms, apart_ms, found
):
    ahead = tick(PHONE, 1, 0, 500_000 + apart_ms, heard_ms=15_000)
    behind = tick(TABLET, 1, 60, 500_000, heard_ms=heard_ms)

    pairs = divergences([ahead, behind], {})

    assert len(pairs) == found
    assert divergences([behind, ahead], {}) == pairs
    assert all((pair.latest, pair.furthest) == (behind, ahead) for pair in pairs)


def test_who_had_seen_the_other_disagrees_with_nobody():
    phone, tablet = tick(PHONE, 1, 0, 500_000, revision=4), tick(TABLET, 1, 60, 100_000, revision=5)

    assert divergences([phone, tablet], {TABLET: 3}) != []
    assert divergences([phone, tablet], {TABLET: 4}) == []
    assert divergences([phone, tablet], {PHONE: 5}) == []


def test_who_restarts_disagrees_with_nobody():
    assert divergences([tick(PHONE, 1, 0, 500_000), tick(TABLET, 1, 60, 20_000, generation=1)], {}) == []


def test_news_is_counted_as_a_union_not_as_a_sum():
    twice = [tick(PHONE, n, n, 500_000, heard_ms=10_000) for n in (1, 2)]

    assert divergences([*twice, tick(TABLET, 1, 60, 100_000)], {}) == []


def test_211_hours_within_a_minute_count_as_six_minutes_at_most():
    hours = 211 * 3_600_000
    first, last = tick(PHONE, 1, 0, 0, heard_ms=0), tick(PHONE, 2, 60, hours, heard_ms=hours, speed=9_000)

    (listening,) = merged([last, first]).days.values()

    assert listening.listened_ms == 90_000 * 4
    assert listening.excess_ms == hours - 360_000
