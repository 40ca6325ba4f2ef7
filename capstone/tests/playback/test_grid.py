"""The recording's grid bounds what is kept of a listener's jumps, and does not depend on the order they arrive in."""

from dataclasses import replace
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playback.histories import AT_NIGHT, arrivals, lesser_properties
from playback.listening import Player, make_recording, outcomes

from audiobooks.playback.merge import State, join, merged
from audiobooks.playback.models import LONGEST_MS, Coverage, ListeningDay, PositionEvent
from audiobooks.playback.ranges import MOST_CELLS, Ranges, cell_ms_of, length_ms, on_grid, union

pytestmark = pytest.mark.timeout(900 if AT_NIGHT else 60)

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
lengths = st.sampled_from([1, 999, 61_400, 9 * HOUR_MS + 1, LONGEST_MS])


@st.composite
def heard_in_a_recording(draw: st.DrawFn) -> tuple[int, Ranges]:
    duration_ms = draw(lengths)
    ends = st.integers(0, duration_ms)
    ranges = draw(st.lists(st.tuples(ends, ends), max_size=12))
    return duration_ms, tuple((min(pair), max(pair)) for pair in ranges)


@lesser_properties
@given(heard_in_a_recording())
def test_it_is_the_same_whether_ends_are_moved_before_a_union_or_after_it(heard):
    duration_ms, ranges = heard

    moved_first = union(*(on_grid([one], duration_ms) for one in ranges))

    assert moved_first == on_grid(union(ranges), duration_ms)
    assert on_grid(moved_first, duration_ms) == moved_first


@lesser_properties
@given(heard_in_a_recording())
def test_each_end_moves_by_half_a_cell_at_most(heard):
    duration_ms, ranges = heard
    half_ms = cell_ms_of(duration_ms) / 2

    for one in ranges:
        moved = on_grid([one], duration_ms)
        assert abs(length_ms(moved) - (one[1] - one[0])) <= 2 * half_ms
        assert all(abs(a - b) <= half_ms for end in moved for a, b in zip(end, one, strict=True))


@lesser_properties
@given(arrivals())
def test_on_a_grid_too_the_order_and_the_repetitions_change_nothing(arrival):
    history = [uneven(event) for event in arrival[0]]

    state = State()
    for batch in arrival[1]:
        state = join(state, merged(uneven(event) for event in batch))

    assert state == merged(history)
    assert state.heard == on_grid(union(*(event.ranges for event in history)), 10 * HOUR_MS)


def uneven(event):
    heard = event.heard and tuple(1_337 * ms // 1_000 for ms in event.heard)
    return replace(event, heard=heard, duration_ms=10 * HOUR_MS)


@pytest.mark.parametrize(
    ("duration_ms", "cell_ms"),
    [
        (0, 1_000),
        (1, 1_000),
        (MOST_CELLS * 1_000, 1_000),
        (MOST_CELLS * 1_000 + 1, 2_000),
        (10 * HOUR_MS, 5_000),
        (LONGEST_MS, 263_000),
    ],
)
def test_no_recording_has_more_than_8192_cells_so_no_set_has_more_than_4096_ranges(duration_ms, cell_ms):
    jumps = [(start, start + cell_ms) for start in range(0, duration_ms, 2 * cell_ms)]

    kept = on_grid(jumps, duration_ms)

    assert cell_ms_of(duration_ms) == cell_ms
    assert len(kept) <= MOST_CELLS // 2


def test_a_whole_recording_is_heard_to_its_very_end():
    assert on_grid([(0, 10 * HOUR_MS + 1_234)], 10 * HOUR_MS + 1_234) == ((0, 10 * HOUR_MS + 1_234),)
    assert on_grid([(1, 700)], 700) == ((0, 700),)


def test_to_close_the_smallest_gaps_beyond_a_number_would_depend_on_the_order():
    """Why it is a grid: the obvious bound makes another set of the same three events, whichever comes last."""
    heard = [(0, 1), (2, 3), (5, 6), (9, 10)]

    found = set()
    for order in permutations(heard):
        kept: Ranges = ()
        for one in order:
            kept = smallest_gaps_closed(union(kept, [one]), most=2)
        found.add(kept)

    assert found == {((0, 3), (5, 10)), ((0, 6), (9, 10))}


def smallest_gaps_closed(ranges: Ranges, *, most: int) -> Ranges:
    while len(ranges) > most:
        gap = min(pairwise(ranges), key=lambda pair: pair[1][0] - pair[0][1])
        ranges = union(ranges, [(gap[0][1], gap[1][0])])
    return ranges


@pytest.mark.django_db
def test_what_a_device_tells_is_kept_as_told_and_counted_on_the_grid(bo):
    phone = Player(bo)
    phone.begin(make_recording())

    answer = phone.tell(phone.event(23_456, heard_ms=13_456))

    assert outcomes(answer) == ["applied"]
    event = PositionEvent.objects.get()
    assert (event.heard_from_ms, event.position_ms) == (10_000, 23_456)
    assert Coverage.objects.get().heard == ListeningDay.objects.get().heard == ((10_000, 25_000),)
    assert (ListeningDay.objects.get().listened_ms, ListeningDay.objects.get().excess_ms) == (15_000, 0)
