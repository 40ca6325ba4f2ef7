"""200 requests at once, and a burst over the edge of a window: how many of them pass a limit of 20."""

import os
import time
from collections.abc import Callable
from threading import Barrier, Thread

import redis
import stage

stage.begin()

from audiobooks.accounts.limits import COUNT, VALKEY, Limit, attempt  # noqa: E402 -- once Django is set up

QUOTA, AT_ONCE, WINDOW_S = 20, 200, 4
store = redis.Redis.from_url(os.environ["REDIS_URL"], max_connections=AT_ONCE)


# --8<-- [start:read-then-write]
def read_then_write(key: str, between: Callable[[], object]) -> bool:
    """Read the count, decide, count up: two steps."""
    count = int(store.get(key) or 0)
    between()  # where another request may come, and under load does
    if count >= QUOTA:
        return False
    store.incr(key)
    return True


# --8<-- [end:read-then-write]


# --8<-- [start:fixed-window]
def fixed_window(key: str, _between: Callable[[], object] = lambda: None) -> bool:
    """Count within the present window, in one step."""
    window = store.time()[0] // WINDOW_S
    return store.incr(f"{key}:{window}") <= QUOTA


# --8<-- [end:fixed-window]


def sliding_log(key: str, _between: Callable[[], object] = lambda: None) -> bool:
    """Ask the capstone."""
    return attempt({Limit(key, QUOTA, WINDOW_S): "somebody"}).passes


def at_once(allows: Callable[..., bool]) -> int:
    """Send all requests at the same moment; return how many pass."""
    start, between, passed = Barrier(AT_ONCE), Barrier(AT_ONCE), []
    key = f"burst-{allows.__name__}"

    def ask() -> None:
        start.wait()
        if allows(key, between.wait):
            passed.append(1)

    threads = [Thread(target=ask) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(passed)


def over_the_edge(allows: Callable[..., bool]) -> int:
    """Send a quota just before a window ends and one just after; return the most that pass within one second."""
    while True:
        wait_until(lambda into: into > WINDOW_S - 0.4)
        key = f"edge-{allows.__name__}-{time.monotonic()}"
        passed, begun = sum(allows(key) for _ in range(QUOTA)), window()
        if window() != begun or seconds_into() < WINDOW_S - 0.4:
            continue  # the machine was too slow: the edge went by meanwhile
        wait_until(lambda into: into < 0.4)
        return passed + sum(allows(key) for _ in range(QUOTA))


def window() -> int:
    """Return the number of Valkey's present window."""
    return store.time()[0] // WINDOW_S


def seconds_into() -> float:
    """Return how far Valkey's clock is into the present window."""
    seconds, micros = store.time()
    return seconds % WINDOW_S + micros / 1_000_000


def wait_until(is_there: Callable[[float], bool]) -> None:
    """Wait for a place on Valkey's clock."""
    while not is_there(seconds_into()):
        time.sleep(0.005)


def round_trips(ask: Callable[[], object]) -> int:
    """Return how many commands a piece of work sends to Valkey."""
    sent = []
    original = redis.Connection.send_packed_command

    def noted(self: redis.Connection, command: object, check_health: bool = True) -> object:
        sent.append(command)
        return original(self, command, check_health)

    redis.Connection.send_packed_command = noted
    try:
        ask()
    finally:
        redis.Connection.send_packed_command = original
    return len(sent)


def main() -> None:
    """Print what passes."""
    COUNT(keys=[], args=[], client=VALKEY)  # let Valkey know the script
    store.ping()  # and us, so that no greeting is counted below
    ways, limits = (read_then_write, fixed_window, sliding_log), ("a", "b", "c")
    three = {Limit(name, QUOTA, WINDOW_S): "somebody" for name in limits}
    trips = [round_trips(lambda way=way: [way(name, lambda: None) for name in limits]) for way in ways[:2]]
    edge = ["–", over_the_edge(fixed_window), over_the_edge(sliding_log)]
    stage.table(
        [f"limit: {QUOTA} requests", "read, then write", "fixed window", "the capstone"],
        [
            (f"pass, of {AT_ONCE} at once", *(at_once(way) for way in ways)),
            (f"pass, of {2 * QUOTA} at a window's edge", *edge),
            ("round trips for three limits", *trips, round_trips(lambda: attempt(three))),
        ],
    )


main()
