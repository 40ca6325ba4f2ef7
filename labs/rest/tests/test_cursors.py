"""A cursor carries a row's values there and back, and serves the list it was made for alone."""

import string
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.signing import TimestampSigner
from hypothesis import example, given
from hypothesis import strategies as st

from lab_rest.cursors import CursorSigner, Place, read_cursor, scope_of, write_cursor
from lab_rest.problems import Problem

WEEK = timedelta(days=7)
TEXT = st.text(st.characters(codec="utf-8"))
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    TEXT,
    st.uuids(),
    st.decimals(allow_nan=False),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.floats(allow_nan=False),
)


@given(TEXT, st.one_of(st.none(), st.text(min_size=1), st.binary(min_size=1)))
def test_a_cursor_is_signed_as_django_signs(value, key):
    ours, djangos = (signer(salt="s", sep=".") for signer in (CursorSigner, TimestampSigner))

    assert ours.signature(value, key) == djangos.signature(value, key)


def read(
    cursor: str, *, ordering: str = "newest", scope: str = "s", max_age: timedelta | None = WEEK
) -> Place:
    return read_cursor(cursor, ordering=ordering, scope=scope, max_age=max_age)


def code_of(refusal: pytest.ExceptionInfo[Problem]) -> str:
    problem = refusal.value
    assert (problem.status, problem.type) == (400, "invalid-cursor")
    (error,) = problem.errors
    assert error["parameter"] == "cursor"
    return error["code"]


@given(values=st.lists(VALUES, min_size=1, max_size=4), forward=st.booleans(), inclusive=st.booleans())
@example(
    [datetime(2025, 1, 1, tzinfo=timezone(timedelta(hours=2))), date(2025, 1, 1), Decimal("1.50")],
    True,
    False,
)
@example([UUID(int=0), True, 1, "1"], True, False)
def test_every_value_comes_back_with_its_type(values, forward, inclusive):
    place = Place(tuple(values), forward, inclusive)

    back = read(write_cursor(place, ordering="newest", scope="s"))

    assert back == place
    assert [type(value) for value in back.values] == [type(value) for value in values]
    assert [str(value) for value in back.values] == [str(value) for value in values]


@given(values=st.lists(VALUES, min_size=1, max_size=4))
def test_a_cursor_needs_no_escaping_in_a_url(values):
    cursor = write_cursor(Place(tuple(values)), ordering="newest", scope="s")

    assert set(cursor) <= set(string.ascii_letters + string.digits + "-_.")


def test_a_cursor_of_an_instant_and_an_id_is_short():
    place = Place((datetime(2025, 1, 1, tzinfo=UTC), UUID(int=7)))

    assert len(write_cursor(place, ordering="newest", scope=scope_of("/readings/"))) < 250


@pytest.mark.parametrize("index", [0, 10, -1])
def test_one_changed_character_is_refused(index):
    cursor = list(write_cursor(Place((1,)), ordering="newest", scope="s"))
    cursor[index] = "A" if cursor[index] != "A" else "B"

    with pytest.raises(Problem) as refusal:
        read("".join(cursor))

    assert code_of(refusal) == "bad_signature"


@given(cursor=TEXT)
@example("")
@example("a.b.c")
@example(".eJw.1.2")
def test_an_invented_cursor_is_refused(cursor):
    with pytest.raises(Problem) as refusal:
        read(cursor)

    assert code_of(refusal) == "bad_signature"


def test_a_cursor_signed_with_another_key_is_refused(settings):
    settings.SECRET_KEY = "the neighbour's"
    foreign = write_cursor(Place((1,)), ordering="newest", scope="s")
    settings.SECRET_KEY = "ours"

    with pytest.raises(Problem) as refusal:
        read(foreign)

    assert code_of(refusal) == "bad_signature"


def test_a_cursor_outlives_a_rotated_key(settings):
    settings.SECRET_KEY = "old"
    cursor = write_cursor(Place((1,)), ordering="newest", scope="s")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["old"]

    assert read(cursor) == Place((1,))


@pytest.mark.parametrize(
    ("age", "max_age", "is_refused"), [(6, WEEK, False), (8, WEEK, True), (999, None, False)]
)
def test_a_cursor_expires(monkeypatch, age, max_age, is_refused):
    cursor = write_cursor(Place((1,)), ordering="newest", scope="s")
    later = datetime.now(UTC) + timedelta(days=age)
    monkeypatch.setattr("django.core.signing.time.time", later.timestamp)

    if not is_refused:
        assert read(cursor, max_age=max_age) == Place((1,))
        return
    with pytest.raises(Problem) as refusal:
        read(cursor, max_age=max_age)
    assert code_of(refusal) == "expired"


def test_a_cursor_of_another_ordering_is_refused_by_name():
    cursor = write_cursor(Place((1,)), ordering="newest", scope="s")

    with pytest.raises(Problem, match="made for ordering=newest, not warmest") as refusal:
        read(cursor, ordering="warmest")

    assert code_of(refusal) == "other_ordering"


def test_a_cursor_of_another_list_is_refused():
    cursor = write_cursor(Place((1,)), ordering="newest", scope="s")

    with pytest.raises(Problem, match="another address or other filters") as refusal:
        read(cursor, scope="t")

    assert code_of(refusal) == "other_list"


def test_a_value_no_cursor_can_carry_is_a_loud_error():
    with pytest.raises(ImproperlyConfigured, match="A cursor cannot carry timedelta"):
        write_cursor(Place((timedelta(1),)), ordering="newest", scope="s")
