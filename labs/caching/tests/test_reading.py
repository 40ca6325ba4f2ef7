"""``remember``: what is kept, for how long, and what is answered where the source fails."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from lab_caching import Policy, metrics, remember
from lab_caching.breaker import current_store
from lab_caching.topics import generations

PLAIN = Policy(jitter=0, early=0)
STALE = Policy(ttl_s=60, stale_s=600, jitter=0, early=0)


class Book(msgspec.Struct):
    title: str
    isbn: UUID


@pytest.mark.parametrize(
    "value", ["text", b"bytes", 7, 7.5, True, [1, [2]], {"a": {"b": None}}, "", 0, [], False]
)
def test_what_is_kept_comes_back_without_asking_again(each_store, source, value):
    source.says = value

    assert [remember("shelf", 1, compute=source, policy=PLAIN) for _ in range(3)] == [value] * 3
    assert source.asked == 1


def test_a_hit_and_a_miss_return_equal_values(source):
    source.says = {"pair": (1, 2), "id": UUID(int=7)}

    first, second = (remember("shelf", compute=source, policy=PLAIN) for _ in range(2))

    assert first == second == {"pair": [1, 2], "id": str(UUID(int=7))}


def test_a_kind_brings_back_its_own_type(source):
    source.says = Book("Momo", UUID(int=7))

    assert [remember("shelf", compute=source, policy=PLAIN, kind=Book) for _ in range(2)] == [source.says] * 2


def test_what_an_earlier_release_wrote_in_another_form_is_made_anew(source):
    source.says = {"title": "Momo"}
    remember("shelf", compute=source, policy=PLAIN)
    source.says = Book("Momo", UUID(int=7))

    assert remember("shelf", compute=source, policy=PLAIN, kind=Book) == source.says
    assert source.asked == 2


def test_a_value_that_is_not_plain_is_refused_and_never_pickled(source):
    source.says = object()

    with pytest.raises(TypeError):
        remember("shelf", compute=source, policy=PLAIN)


def test_none_is_an_answer_and_believed_for_a_shorter_time(source, clock):
    source.says = None
    for ahead_s in (0, 4, 6):
        clock.ahead_s = ahead_s
        assert remember("shelf", compute=source, policy=PLAIN) is None

    assert source.asked == 2


def test_none_is_not_kept_where_the_policy_says_so(source):
    source.says = None
    for _ in range(2):
        remember("shelf", compute=source, policy=Policy(negative_s=0))

    assert source.asked == 2


def test_an_error_is_not_kept(each_store, source):
    source.fails = LookupError("gone")
    for _ in range(2):
        with pytest.raises(LookupError):
            remember("shelf", compute=source, policy=PLAIN)
    source.fails = None

    assert remember("shelf", compute=source, policy=PLAIN) == "first"
    assert source.asked == 3
    assert metrics.read()["shelf"].errors == 2


def test_what_is_larger_than_the_bound_is_answered_and_not_kept(source):
    for size, asked in ((100, 1), (101, 3)):
        source.says = b"x" * (size - 2)  # MessagePack writes two bytes before it
        for _ in range(2):
            assert remember("shelf", size, compute=source, policy=Policy(max_bytes=100)) == source.says
        assert source.asked == asked
    assert metrics.read()["shelf"].too_large == 2


def test_an_answer_past_its_time_is_made_anew(source, clock):
    remember("shelf", compute=source, policy=PLAIN)
    clock.ahead_s, source.says = 59, "second"
    assert remember("shelf", compute=source, policy=PLAIN) == "first"
    clock.ahead_s = 61
    assert remember("shelf", compute=source, policy=PLAIN) == "second"


def test_while_the_source_fails_the_last_answer_is_given_for_stale_s_and_no_longer(
    each_store, source, clock, caplog
):
    remember("shelf", compute=source, policy=STALE)
    source.fails = OSError("away")
    for ahead_s in (61, 659):
        clock.ahead_s = ahead_s
        assert remember("shelf", compute=source, policy=STALE) == "first"
    clock.ahead_s = 661
    with pytest.raises(OSError, match="away"):
        remember("shelf", compute=source, policy=STALE)

    assert source.asked == 4
    assert metrics.read()["shelf"].stale == 2
    assert "answered what is 1 s past its time" in caplog.text


def test_an_error_of_another_kind_is_raised_though_there_is_a_last_answer(source, clock):
    policy = Policy(stale_s=600, stale_if=OSError, jitter=0)
    remember("shelf", compute=source, policy=policy)
    clock.ahead_s, source.fails = 61, LookupError("no such shelf")

    with pytest.raises(LookupError):
        remember("shelf", compute=source, policy=policy)


def test_an_early_computation_that_fails_leaves_the_fresh_answer(source, clock):
    policy = Policy(ttl_s=60, jitter=0, early=1_000_000_000, lock_s=0)  # everybody is early
    remember("shelf", compute=source, policy=policy)
    source.fails = OSError("away")

    assert remember("shelf", compute=source, policy=policy) == "first"
    assert source.asked == 2


def test_the_first_level_answers_for_local_s_without_the_cache(source):
    policy = Policy(local_s=30)
    for _ in range(3):
        assert remember("shelf", compute=source, policy=policy) == "first"

    assert source.asked == 1
    assert (metrics.read()["shelf"].misses, metrics.read()["shelf"].local) == (1, 2)


def test_none_stays_in_the_first_level_no_longer_than_in_the_second(source):
    source.says = None
    for _ in range(3):
        remember("shelf", compute=source, policy=Policy(local_s=30, negative_s=0))

    assert source.asked == 3


def test_nobody_can_change_what_the_first_level_gives_another(source):
    source.says = {"books": [1]}
    remember("shelf", compute=source, policy=Policy(local_s=30))["books"].append(2)

    assert remember("shelf", compute=source, policy=Policy(local_s=30)) == {"books": [1]}


def test_the_counts_tell_where_each_answer_came_from(source, clock):
    for ahead_s in (0, 1, 2, 61):
        clock.ahead_s = ahead_s
        remember("shelf", compute=source, policy=PLAIN)
    counts = metrics.read()["shelf"]

    assert (counts.hits, counts.misses, counts.computations, counts.hit_ratio) == (2, 2, 2, 0.5)
    assert counts.compute_s > 0


def test_a_hit_costs_one_command_and_two_with_topics_a_miss_five_and_six(source, monkeypatch):
    store, asked = current_store(), []
    for name in ("get_many", "set", "add", "delete_if"):
        command = getattr(store.store, name)
        monkeypatch.setattr(
            store.store, name, lambda *args, command=command: asked.append(args) or command(*args)
        )
    costs = []
    for number, topics in enumerate(([], ["books", "authors"])):
        generations(topics)  # each has a number
        for _ in range(2):
            asked.clear()
            remember("shelf", number, compute=source, topics=topics, policy=PLAIN)
            costs.append(len(asked))

    assert costs == [5, 1, 6, 2]


def test_a_key_holds_no_part_in_the_clear(source):
    store: Any = current_store()
    remember("shelf", "ada@example.com", compute=source, policy=PLAIN)
    (key,) = store.store.client.keys(f"{store.store.prefix}*")

    assert b"ada" not in key
