"""Keys tell answers apart; expiry is spread, and one caller is early."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_caching.keys import key_of, topic_key
from lab_caching.policy import Policy, is_due, lifetime

PARTS = st.lists(
    st.one_of(st.text(), st.integers(-(2**63), 2**63), st.booleans(), st.none(), st.binary()), max_size=4
)


def typed(parts: list) -> list:
    return [(type(part), part) for part in parts]


@given(PARTS, PARTS)
def test_two_keys_are_equal_exactly_where_the_parts_are(ours, theirs):
    assert (key_of("shelf", ours) == key_of("shelf", theirs)) == (typed(ours) == typed(theirs))


@given(PARTS)
def test_a_key_is_printable_ascii_of_at_most_100_characters(parts):
    assert re.fullmatch(r"[!-~]{1,100}", key_of("n" * 60, parts, [("t" * 120, b"\0\n")]))


def test_the_border_between_two_parts_makes_a_difference():
    assert (
        len({key_of("shelf", parts) for parts in (["a", "b"], ["ab"], ["a:b"], ["", "ab"], [["a", "b"]])})
        == 5
    )


def test_another_name_or_generation_is_another_key():
    keys = [key_of("a", []), key_of("b", []), key_of("a", [], [("t", b"1")]), key_of("a", [], [("t", b"2")])]

    assert len(set(keys)) == 4


@pytest.mark.parametrize("name", ["", "Shelf", "1st", "a b", "a" * 61, "a\n"])
def test_a_name_that_would_not_be_a_metric_s_label_is_refused(name):
    with pytest.raises(ValueError, match="a name is"):
        key_of(name, [])


@pytest.mark.parametrize("topic", ["", ":a", "a b", "a" * 121, "a\n"])
def test_a_topic_that_not_every_cache_takes_as_a_key_is_refused(topic):
    with pytest.raises(ValueError, match="a topic is"):
        topic_key(topic)


def test_a_part_that_cannot_be_written_down_is_refused():
    with pytest.raises(TypeError):
        key_of("shelf", [object()])


def test_jitter_shortens_a_lifetime_by_up_to_its_part_and_never_lengthens_it():
    policy = Policy(ttl_s=100, jitter=0.2)

    assert [lifetime(policy, chance) for chance in (0, 0.5, 1)] == [100, 90, 80]
    assert lifetime(Policy(ttl_s=100, jitter=0), 1) == 100
    assert len({lifetime(policy) for _ in range(100)}) > 90


def test_the_chance_to_be_early_grows_with_the_time_a_computation_takes():
    e = math.exp(-1)

    assert [is_due(10, compute_s, 1, e) for compute_s in (9, 10, 11)] == [False, True, True]
    assert is_due(10, 5, 2, e)
    assert not is_due(10, 5, 0, e)
    assert not is_due(10, 1000, 1, 1)
    assert is_due(0, 0, 0)


def test_one_caller_in_e_to_the_ten_comes_ten_computations_too_early():
    early = sum(is_due(1, 1, 1) for _ in range(10_000))  # a fresh second left, a second to make it: 1 of e

    assert 3_300 < early < 4_060  # 8 standard deviations


@pytest.mark.parametrize(
    "wrong",
    [
        {"ttl_s": 0},
        {"ttl_s": 8 * 24 * 3600},
        {"jitter": 1},
        {"jitter": -0.1},
        {"stale_s": -1},
        {"local_s": 61},
        {"max_bytes": -1},
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must be|may be"):
        Policy(**wrong)
