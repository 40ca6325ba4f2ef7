"""What ``show.py`` does to the six ways: one trial for each thing that may go wrong."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import redis
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caching_playground import stage
from caching_playground.metadata import SERVICE
from caching_playground.models import Book
from caching_playground.pages import WAYS
from caching_playground.proxy import Proxy
from caching_playground.source import DOOR
from lab_caching import reading
from lab_caching.breaker import guarded_store

VISITS, EVERY_S = 200, 5
CHANGED_EVERY = 50
CROWD = 50
TRIED = 10
CALL_MS, QUERY_MS = 200, 5
Counts = Sequence[object]


class Shop:
    """One way of the front page, asked by browsers."""

    def __init__(self, step: int, proxy: Proxy) -> None:
        self.step, self.way, self.proxy = step, WAYS[step], proxy

    def page(self, client: Client | None = None, **headers: str) -> Any:
        """Ask for the page as a new browser does."""
        client = client or browser()
        return client.get(f"/step{self.step}/", headers=headers)

    def price(self) -> int:
        """Return the price of the first book on the page."""
        return int(self.page().json()["books"][0]["price_cents"])

    def reprice(self, price_cents: int) -> None:
        """Change that price, as this way does it."""
        with transaction.atomic():
            self.way.reprice(Book.objects.get(pk=1), price_cents)


def browser() -> Client:
    """Return a browser that knows nothing yet."""
    return Client(raise_request_exception=False, SERVER_NAME="localhost")


def measure(proxy: Proxy) -> list[Counts]:
    """Return a column for each way."""
    columns = []
    for step in WAYS:
        shop, column = Shop(step, proxy), []
        for trial in TRIALS:
            stage.fill()
            stage.forget()
            SERVICE.fails = False
            random.seed(7)  # jitter, the same each time
            result = trial(shop)
            column += result if isinstance(result, list) else [result]
        columns.append(column)
    return columns


def costs(shop: Shop) -> list[object]:
    """Return queries and calls of a page when nothing is cached, and of the next one."""
    (cold, cold_calls), (warm, warm_calls) = cost(shop.page), cost(shop.page)
    return [f"{cold} / {warm}", f"{cold_calls} / {warm_calls}"]


def cost(act: Callable[[], object]) -> tuple[int, int]:
    """Return how many queries and calls it takes."""
    calls = SERVICE.calls
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured), SERVICE.calls - calls


def traffic(shop: Shop) -> list[object]:
    """Let 200 readers come, one every 5 s, and the price change 4 times; return how many cost nothing, and what 95 % wait at most."""
    waits = []
    with turned_clock() as pass_time:
        for visit in range(VISITS):
            if visit % CHANGED_EVERY == CHANGED_EVERY - 1:
                shop.reprice(visit)
            queries, calls = cost(shop.page)
            waits.append(queries * QUERY_MS + calls * CALL_MS)
            pass_time(EVERY_S)
    return [waits.count(0), sorted(waits)[VISITS * 95 // 100]]


def old_prices(shop: Shop) -> list[object]:
    """Return whether the old price is still shown after a save, after an update, and after a save that was read meanwhile."""
    shop.price()
    shop.reprice(1)
    after_save = shop.price() != 1
    Book.objects.filter(pk=1).update(price_cents=2)
    after_update = shop.price() != 2
    with transaction.atomic():
        shop.way.reprice(Book.objects.get(pk=1), 3)
        elsewhere(shop.price)
    return [*map(int, (after_save, after_update, shop.price() != 3))]


def mixed_up(shop: Shop) -> list[object]:
    """Return whether a reader gets a page in another's language, and whether Bo is greeted as Ada."""
    shop.page(**{"accept-language": "en"})
    wrong_language = shop.page(**{"accept-language": "de"}).json()["language"] != "de"
    stage.forget()
    ada, bo = browser(), browser()
    for client, visitor in ((ada, "Ada"), (bo, "Bo")):
        client.post("/sign-in/", {"visitor": visitor}, "application/json")
        greeting = shop.page(client).json()["greeting"]
    return [int(wrong_language), int("Ada" in greeting)]


def stampede(shop: Shop) -> object:
    """Let 50 readers come at once to a cold page; return how many times it is made."""
    crowd = Crowd()
    DOOR.pass_through = crowd.hold
    try:
        with ThreadPoolExecutor(CROWD) as pool:
            for _ in range(CROWD):
                pool.submit(crowd.send, shop.page)
    finally:
        DOOR.pass_through = lambda: None
    return crowd.arrived


class Crowd:
    """Readers who come at once. Whoever makes a page waits at the door until all are there, or nobody has come for a while."""

    WHILE_S = 1.5

    def __init__(self) -> None:
        self.start, self.moved, self.arrived = threading.Barrier(CROWD), threading.Condition(), 0

    def send(self, ask: Callable[[], object]) -> None:
        """Ask, together with the others."""
        self.start.wait()
        try:
            ask()
        finally:
            connection.close()

    def hold(self) -> None:
        """Wait at the door."""
        with self.moved:
            self.arrived += 1
            self.moved.notify_all()
            while self.arrived < CROWD:
                if not self.moved.wait(self.WHILE_S):
                    return


def failures(shop: Shop) -> list[object]:
    """Return how many of 10 pages are errors while the service is down, a minute after the last good one; and the calls."""
    shop.page()
    with turned_clock() as pass_time:
        pass_time(61)
        SERVICE.fails, calls = True, SERVICE.calls
        errors = sum(shop.page().status_code >= 500 for _ in range(TRIED))
    SERVICE.fails = False
    return [errors, SERVICE.calls - calls]


def cache_away(shop: Shop) -> object:
    """Return how many of 10 pages are errors while the cache is away."""
    shop.page()
    shop.proxy.cut()
    errors = sum(shop.page().status_code >= 500 for _ in range(TRIED))
    shop.proxy.mend()
    guarded_store.cache_clear()
    caches["default"].close()
    return errors


@contextmanager
def turned_clock() -> Iterator[Callable[[float], None]]:
    """Yield a function that lets time pass for the part and in the cache, without waiting."""
    now = [time.time()]  # it stands still in between: a busy machine makes no page older
    reading.clock = lambda: now[0]
    server = redis.Redis.from_url(settings.REDIS_URL)

    def pass_time(seconds: float) -> None:
        now[0] += seconds
        for key in server.scan_iter("playground:*", 1000):
            left = server.pttl(key) - round(seconds * 1000)
            if left > 0:
                server.pexpire(key, left)
            elif left > -round(seconds * 1000):  # what has no end stays
                server.delete(key)

    try:
        yield pass_time
    finally:
        reading.clock = time.time
        guarded_store.cache_clear()
        server.close()


def elsewhere(act: Callable[[], object]) -> None:
    """Do it in another thread, on a connection of its own."""

    def done() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=done)
    thread.start()
    thread.join()


TRIALS: Sequence[Callable[[Shop], object]] = (
    costs,
    traffic,
    old_prices,
    mixed_up,
    stampede,
    failures,
    cache_away,
)
