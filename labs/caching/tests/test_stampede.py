"""Of all who miss at once one computes."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from uuid import uuid4

import pytest

from lab_caching import Policy, metrics, remember
from lab_caching.breaker import current_store
from lab_caching.locks import claim, release

PATIENT = Policy(wait_s=20, jitter=0, early=0)


class Slow:
    """A source that is not done before it is told so."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_asked, self.may_answer = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.asked += 1
        self.is_asked.set()
        assert self.may_answer.wait(20)
        return f"made {self.asked}"


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def in_thread():
    """Return a function that calls another in a thread, and gives a function that waits for the result."""
    threads = []

    def call(work):
        results = []
        thread = threading.Thread(target=lambda: results.append(work()))
        thread.start()
        threads.append(thread)

        def result():
            thread.join(20)
            return results[0]

        return result

    yield call
    for thread in threads:
        thread.join(20)


def test_of_50_threads_that_miss_at_once_one_computes(each_store, at_once, slow):
    def ask(_number):
        slow.may_answer.set()
        return remember("cold", compute=slow, policy=PATIENT)

    assert at_once(50, ask) == ["made 1"] * 50
    assert slow.asked == 1
    counts = metrics.read()["cold"]
    assert counts.misses == 1
    assert counts.waited + counts.hits == 49


def test_of_200_in_two_processes_one_computes():
    prefix, program = f"test-{uuid4().hex}:", str(Path(__file__).with_name("stampede_process.py"))
    source = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(source / "src"), str(source)])}
    both = [
        subprocess.Popen(
            [sys.executable, program, prefix],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [one.stdout.readline() for one in both] == ["ready\n"] * 2
    for one in both:
        one.stdin.write("\n")
        one.stdin.flush()
    said = [one.communicate(timeout=60)[0].strip() for one in both]

    assert sorted(said) == ["{'made'} 0", "{'made'} 1"]


def test_who_has_a_last_answer_does_not_wait_for_the_new_one(each_store, slow, source, clock, in_thread):
    policy = Policy(stale_s=600, jitter=0, early=0)
    remember("shelf", compute=source, policy=policy)
    clock.ahead_s = 61
    result = in_thread(lambda: remember("shelf", compute=slow, policy=policy))
    assert slow.is_asked.wait(20)

    assert remember("shelf", compute=source, policy=policy) == "first"
    slow.may_answer.set()
    assert result() == "made 1"
    assert metrics.read()["shelf"].stale == 1
    assert source.asked == 1


def test_who_has_waited_for_wait_s_computes_itself(slow, source, in_thread):
    result = in_thread(lambda: remember("shelf", compute=slow, policy=PATIENT))
    assert slow.is_asked.wait(20)

    assert remember("shelf", compute=source, policy=Policy(wait_s=0.05)) == "first"
    slow.may_answer.set()
    assert result() == "made 1"


def test_where_the_one_who_computes_fails_the_next_one_does(each_store, source, slow, in_thread):
    def fail():
        slow()
        raise OSError("away")

    def ask():
        with pytest.raises(OSError, match="away"):
            remember("shelf", compute=fail, policy=PATIENT)

    in_thread(ask)
    assert slow.is_asked.wait(20)
    waiting = in_thread(lambda: remember("shelf", compute=source, policy=PATIENT))
    slow.may_answer.set()

    assert waiting() == "first"


def test_a_lock_is_one_s_at_a_time_and_ends_by_itself(each_store):
    token = claim(each_store, "key", 0.1)

    assert token is not None
    assert claim(each_store, "key", 0.1) is None
    while (another := claim(each_store, "key", 60)) is None:
        threading.Event().wait(0.02)
    release(each_store, "key", token)  # it was ours: no longer
    assert claim(each_store, "key", 60) is None
    release(each_store, "key", another)
    assert claim(each_store, "key", 60) is not None


def test_a_value_made_between_the_first_look_and_the_claim_is_taken(source, monkeypatch):
    store = current_store()
    add = store.store.add

    def late(key, value, seconds):
        if key.endswith(":lock"):
            monkeypatch.setattr(store.store, "add", add)
            assert remember("shelf", compute=lambda: "theirs", policy=PATIENT) == "theirs"
        return add(key, value, seconds)

    monkeypatch.setattr(store.store, "add", late)

    assert remember("shelf", compute=source, policy=PATIENT) == "theirs"
    assert source.asked == 0
