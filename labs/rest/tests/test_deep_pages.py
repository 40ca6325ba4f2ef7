"""What the notebook counts, and how it takes the time."""

import pytest

from rest_playground import deep_pages, lists, stage
from rest_playground.show import get


@pytest.fixture
def _filled(transactional_db):
    stage.fill()


@pytest.mark.usefixtures("_filled")
def test_a_page_by_offset_reads_all_before_it_and_by_keyset_one_more_than_itself():
    pages = (1, 2, 1_200, 2_400)

    by_offset = [deep_pages.rows_by_query(get, deep_pages.numbered(page)) for page in pages]
    by_keyset = [deep_pages.rows_by_query(get, deep_pages.linked(page)) for page in pages]

    assert by_offset == [[60_000, 25], [60_000, 50], [60_000, 30_000], [60_000, 60_000]]
    assert by_keyset == [[26], [26], [26], [25]]


@pytest.mark.usefixtures("_filled")
def test_a_page_has_the_same_readings_either_way():
    for page in deep_pages.PAGES:
        by_offset, by_keyset = get(deep_pages.numbered(page)), get(deep_pages.linked(page))

        assert lists.ids(by_offset) == lists.ids(by_keyset)


@pytest.mark.usefixtures("_filled")
def test_the_notebooks_exercises_have_the_answers_it_gives():
    base = f"{deep_pages.LINKED}?limit="
    changes = ("100", "25&count=exact", "25&ordering=windiest", "25&ordering=warmest", "25&warmer_than=29.8")

    rows = [deep_pages.rows_by_query(get, base + change) for change in changes]

    assert rows == [[101], [60_000, 26], [501], [60_000], [10_479]]


def test_every_round_asks_every_address_once_and_the_median_ignores_one_slow_round():
    asked = []
    seconds = iter([0, 1, 1, 11, 11, 12, 12, 22, 22, 99, 99, 109])  # at the start and end of 6 answers

    medians = deep_pages.median_times(asked.append, ["/a", "/b"], rounds=3, clock=lambda: next(seconds))

    assert asked == ["/a", "/b"] * 3
    assert medians == [1, 10]


def test_the_table_has_a_line_for_each_page():
    lines = list(deep_pages.count_lines((1, 2_400), ([60_000, 25], [60_000, 60_000]), ([26], [25])))

    assert [line.split() for line in lines[1:]] == [
        ["1", "2", "60,000", "25", "1", "26"],
        ["2,400", "2", "60,000", "60,000", "1", "25"],
    ]
    assert len(set(map(len, lines))) == 1
