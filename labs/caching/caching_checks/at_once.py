"""Step 4: of all who miss at once, one computes; and no lock is for ever, or another's."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from caching_checks.targets import Playground, Source
from nexus.labs.checking import check
from nexus.labs.site import Answer

CROWD = 20


@check("Of 20 who ask at once for what is not there, one asks the source, and all get its answer.")
def of_20_who_miss_one_computes(site: Playground) -> None:
    source = site.source()
    source.set(held=[1])
    with ThreadPoolExecutor(CROWD) as pool:
        asking = [pool.submit(source.ask, together=CROWD, lock_s=10, wait_s=8) for _ in range(CROWD)]
        try:
            source.wait_until_asked(1, asking)
        finally:
            source.set(held=[])
    answers = [one.result() for one in asking]
    for answer in answers:
        answer.expect_status(200)
    asked = source.asked()
    answers[0].expect(asked == 1, "the source asked once", "asked more than once" if asked else "not asked")


@check("A lock ends by itself after lock_s: whoever holds it may have been killed.")
def a_lock_ends_by_itself(site: Playground) -> None:
    source = site.source()
    with held_by_one(source, lock_s=5):
        locks = site.get("/stage/locks/")
        found = locks.json_object()["locks"]
        locks.expect(len(found) == 1, "one lock in the cache", f"{len(found)}")
        is_bounded = 0 < found[0] <= 5
        locks.expect(is_bounded, "5 s at most", "no end" if found[0] < 0 else "a longer time")


@check("Who comes too late to let its lock go leaves the one that another has taken meanwhile.")
def another_s_lock_is_left_alone(site: Playground) -> None:
    source = site.source()
    with held_by_one(source, lock_s=8) as first, ThreadPoolExecutor(1) as pool:
        site.send("DELETE", "/stage/locks/").expect_status(200)  # as if its time were over
        source.set(held=[1, 2])
        second = pool.submit(source.ask, lock_s=8)
        source.wait_until_asked(2, [second])
        source.set(held=[2])
        first.result()
        locks = site.get("/stage/locks/")
        found = len(locks.json_object()["locks"])
        source.set(held=[])
        second.result().expect_status(200)
    locks.expect(found == 1, "the second one's lock, still there", f"{found} locks")


@check("Who has a last answer gives it, and does not wait for the new one.")
def who_has_a_last_answer_does_not_wait(site: Playground) -> None:
    source = site.source()
    source.expect("first", stale_s=600)
    source.set(says="second")
    try:
        site.later(61)
        with held_by_one(source, stale_s=600, lock_s=8, asked=2):
            source.expect("first", stale_s=600, lock_s=8, wait_s=0.2)
    finally:
        site.later(0)


class held_by_one:  # noqa: N801 -- reads as what it does
    """While it lasts one asks the source, and is held there."""

    def __init__(self, source: Source, asked: int = 1, **policy: Any) -> None:
        self.source, self.asked, self.policy = source, asked, policy
        self.pool = ThreadPoolExecutor(1)

    def __enter__(self) -> "Future[Answer]":
        """Ask, and wait until the source is asked; return the answer to come."""
        self.source.set(held=[self.asked])
        self.first = self.pool.submit(self.source.ask, **self.policy)
        try:
            self.source.wait_until_asked(self.asked, [self.first])
        except BaseException:
            self.__exit__()
            raise
        return self.first

    def __exit__(self, *_error: object) -> None:
        """Let the one go."""
        self.source.set(held=[])
        self.first.result()
        self.pool.shutdown()
