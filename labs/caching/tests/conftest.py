"""The suite runs on the playground's models, on a PostgreSQL and a Valkey named by the environment, and on a Memcached."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network
from time import monotonic
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from caching_checks.service import Service

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caching_playground.settings")

from lab_caching import metrics, topics
from lab_caching.breaker import current_store, guarded_store
from lab_caching.local import memory
from lab_caching.outbound import Client, Rules

pytest_plugins = ["nexus.labs.fixtures"]


def answers(address: tuple[str, int]) -> bool:
    with socket.socket() as tried:
        tried.settimeout(1)
        return tried.connect_ex(address) == 0


@pytest.fixture(scope="session")
def memcached_url() -> Iterator[str]:
    """A Memcached: the one at MEMCACHED_URL or on the usual port, else one started from the system's package."""
    url = os.environ.get("MEMCACHED_URL") or "memcached://127.0.0.1:11211"
    address = (str(urlsplit(url).hostname), urlsplit(url).port or 11211)
    if answers(address):
        yield url
        return
    program = shutil.which("memcached") or shutil.which("memcached", path="/usr/bin:/usr/local/bin")
    if program is None:
        reason = (
            f"no Memcached at {address[0]}:{address[1]}, and no program memcached (apt install memcached)"
        )
        assert "memcached" not in os.environ.get("REQUIRE_SERVICES", ""), reason
        pytest.skip(reason)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    server = subprocess.Popen([program, "-l", "127.0.0.1", "-p", str(port), "-m", "16", *user])
    try:
        deadline = time.monotonic() + 10
        while not answers(("127.0.0.1", port)):
            assert time.monotonic() < deadline, "Memcached does not listen."
            assert server.poll() is None, "Memcached has ended."
            time.sleep(0.02)
        yield f"memcached://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(params=["valkey", pytest.param("memcached", marks=pytest.mark.memcached)])
def each_store(request: pytest.FixtureRequest, settings: object) -> object:
    """Run the test on each kind of cache, with a prefix of its own; return the store."""
    if request.param == "memcached":
        url = request.getfixturevalue("memcached_url")
        settings.LAB_CACHING = {"URL": url, "PREFIX": f"test-{uuid4().hex[:12]}:"}
    return current_store()


@pytest.fixture(autouse=True)
def clean(settings: object) -> Iterator[None]:
    """Nothing is in the cache, in memory, in the counts or owed."""
    settings.LAB_CACHING = {"URL": os.environ["REDIS_URL"], "PREFIX": f"test-{uuid4().hex[:12]}:"}
    memory.clear()
    metrics.reset()
    topics.owed.clear()
    yield
    current_store().store.client.close()
    guarded_store.cache_clear()


class Source:
    """Something that is asked: counts how often, says what it is told to, and fails when told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.says: object = "first"
        self.fails: Exception | None = None

    def __call__(self) -> object:
        self.asked += 1
        if self.fails:
            raise self.fails
        return self.says


@pytest.fixture
def source() -> Source:
    return Source()


class Clock:
    """The time that the part sees: ours, and what we add to it."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def time(self) -> float:
        return time.time() + self.ahead_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let a test turn the clock by which answers are fresh; the cache itself keeps its own."""
    from lab_caching import reading  # noqa: PLC0415 -- after Django is set up

    turned = Clock()
    monkeypatch.setattr(reading, "clock", turned.time)
    return turned


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as service:
        yield service


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def make_client(service: Service, pauses: list[float]) -> Iterator[Callable[..., Client]]:
    """Return a function that makes a client which may call the service; its pauses are noted, and not made."""
    made: list[Client] = []

    def make(clock: Callable[[], float] = monotonic, chance: float = 1.0, **but: object) -> Client:
        rules = Rules(
            hosts=frozenset({f"127.0.0.1:{service.port}"}),
            schemes=frozenset({"http"}),
            networks=(ip_network("127.0.0.1/32"),),
            failures=100,
        )
        client = Client(replace(rules, **but), clock=clock, sleep=pauses.append, chance=lambda: chance)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
