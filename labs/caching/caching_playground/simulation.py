"""
What a cache spares, by the two things that decide it: how long an answer lives, and how unevenly readers choose.

Readers, books and hours are numbers here: a day of a shop in a second. `notebook.ipynb` plots it. What a stampede costs is
measured on the real part, by ``crowd``.
"""

import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from uuid import uuid4

from lab_caching import Policy, remember

BOOKS, READERS, PER_S = 2_000, 20_000, 5.0
TTLS_S = (1, 10, 60, 300, 1_800, 7_200)
SKEWS = (0.0, 0.5, 0.8, 1.0, 1.2)


def readers(skew: float, seed: int = 7) -> list[int]:
    """Return which of 2,000 books each of 20,000 readers wants: the n-th by popularity with a chance of 1 / n^skew (Zipf)."""
    weights = list(accumulate(1 / rank**skew for rank in range(1, BOOKS + 1)))
    return random.Random(seed).choices(range(BOOKS), cum_weights=weights, k=READERS)  # noqa: S311 -- an experiment


def hit_ratio(wanted: Sequence[int], ttl_s: float, room: int = BOOKS) -> float:
    """
    Return which part of the readers, five a second, finds the book's page in the cache.

    ``room`` is how many pages fit; the one used longest ago makes room.
    """
    kept: dict[int, float] = {}
    hits = 0
    for number, book in enumerate(wanted):
        now = number / PER_S
        until = kept.pop(book, 0.0)
        hits += now < until
        kept[book] = until if now < until else now + ttl_s
        if len(kept) > room:
            del kept[next(iter(kept))]
    return hits / len(wanted)


def expected_hit_ratio(ttl_s: float) -> float:
    """Return what theory says where all books are equal: each is asked for at a rate r, so r·ttl of r·ttl + 1 are hits."""
    asked = PER_S / BOOKS * ttl_s
    return asked / (1 + asked)


def ends(pages: int, jitter: float, seed: int = 7) -> list[int]:
    """Return how many of ``pages``, made in one second to live for 60 s, end in each second from 40 to 60."""
    chance = random.Random(seed)  # noqa: S311 -- an experiment
    lives = [60 * (1 - jitter * chance.random()) for _ in range(pages)]
    return [sum(second < life <= second + 1 for life in lives) for second in range(39, 61)]


def crowd(size: int, *, is_protected: bool) -> int:
    """Let so many readers ask the real part at once for what is not there; return how often it was made."""
    made, lock, start = [0], threading.Lock(), threading.Barrier(size)
    policy = Policy(lock_s=10 if is_protected else 0, wait_s=10, jitter=0, early=0)
    name = uuid4().hex

    def make() -> str:
        with lock:
            made[0] += 1
        deadline = time.monotonic() + (0.3 if is_protected else 5)
        while made[0] < size and time.monotonic() < deadline:
            time.sleep(0.01)  # a slow page: time enough for everybody to come
        return "page"

    def ask() -> str:
        start.wait()
        return remember("crowd", name, compute=make, policy=policy)

    with ThreadPoolExecutor(size) as pool:
        for answer in [pool.submit(ask) for _ in range(size)]:
            answer.result()
    return made[0]
