"""Writers and readers interleaved, a stampede on a cold key, and Valkey gone in the middle of it all."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from cast import make_audiobook, make_user, sign_in
from django.conf import settings as project
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings, strategies
from rest_framework.test import APIClient

from audiobooks.accounts import limits
from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.rest.caching import CURATORS, LISTENERS
from audiobooks.principal import Principal, Role
from lab_caching import local, reading
from lab_caching.local import Memory

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/api/v1/audiobooks/"
PROCESSES, READERS = 2, 100


class World:
    """
    One recording, two processes (two memories before one Valkey), and a clock that only we turn.

    ``history`` is each title with the moment from which on it is the committed one.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, audiobook: Audiobook, curator: APIClient) -> None:
        self.patch, self.audiobook, self.curator = monkeypatch, audiobook, curator
        self.now = 1_000.0
        self.number = 0
        self.memories = [Memory(clock=lambda: self.now) for _ in range(PROCESSES)]
        self.history: list[tuple[float, str]] = [(0.0, audiobook.title)]
        monkeypatch.setattr(reading, "clock", lambda: 1_700_000_000 + self.now)

    def in_process(self, process: int) -> None:
        """Let what follows happen in this process."""
        self.patch.setattr(reading, "memory", self.memories[process])
        self.patch.setattr(local, "forget", self.memories[process].forget)

    @property
    def title(self) -> str:
        return self.history[-1][1]

    def write(self) -> None:
        """Change the title, as a curator does, and commit."""
        self.number += 1
        title = f"Title {self.number}"
        address = f"{LIST}{self.audiobook.pk}/"
        seen = self.curator.get(address)["ETag"]
        answer = self.curator.patch(address, {"title": title}, format="json", headers={"If-Match": seen})
        assert answer.status_code == 200, answer.content
        self.history.append((self.now, title))

    def write_back(self) -> None:
        """Change the title, and think better of it."""
        with transaction.atomic():
            Audiobook.objects.filter(pk=self.audiobook.pk).update(title="Never")
            transaction.set_rollback(True)

    def may_be(self, bound_s: float) -> set[str]:
        """Return the titles that were the committed one within the last ``bound_s`` seconds."""
        ends = [moment for moment, _ in self.history[1:]] + [float("inf")]
        return {title for (_, title), end in zip(self.history, ends, strict=True) if end > self.now - bound_s}

    def read(self, client: APIClient, bound_s: float, during: Callable[[], None] | None = None) -> None:
        """Read list and page; with ``during``, that happens after the first query and before the answer is kept."""
        for address in (LIST, f"{LIST}{self.audiobook.pk}/"):
            may_be = self.may_be(bound_s)
            with connection.execute_wrapper(Once(during)):
                body = client.get(address).json()
            title = body["results"][0]["title"] if "results" in body else body["title"]
            assert title in may_be | ({self.title} if during else set())


class Once:
    """Does something after the first query that passes, elsewhere than in the transaction of who asks."""

    def __init__(self, act: Callable[[], None] | None) -> None:
        self.act = act

    def __call__(self, execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        act, self.act = self.act, None
        if act:
            act()
        return found


STEPS = strategies.lists(
    strategies.tuples(
        strategies.sampled_from(
            [
                "write",
                "write back",
                "read",
                "read as curator",
                "read while one writes",
                "wait a moment",
                "wait a minute",
            ]
        ),
        strategies.integers(0, PROCESSES - 1),
    ),
    max_size=14,
)


def test_no_reader_is_further_behind_than_declared_and_a_writer_reads_what_they_wrote(db):
    audiobook = make_audiobook("Title 0")
    curator, anybody = sign_in(make_user("ada", role="curator")), APIClient()
    before = project.LAB_CACHING

    @settings(
        max_examples=60 if os.environ.get("NEXUS_ALL") else 15,
        deadline=None,
        derandomize=not os.environ.get("NEXUS_ALL"),
        suppress_health_check=list(HealthCheck),
    )
    @given(STEPS)
    def interleaved(steps: list[tuple[str, int]]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(project, "LAB_CACHING", {**before, "PREFIX": f"{uuid4().hex}:"})
            patch.setattr(limits, "NAMESPACE", uuid4().hex)
            audiobook.refresh_from_db()
            world = World(patch, audiobook, curator)
            for step, process in steps:
                world.in_process(process)
                if step == "write":
                    world.write()
                    world.read(curator, 0)
                elif step == "write back":
                    world.write_back()
                elif step == "read":
                    world.read(anybody, LISTENERS.local_s)
                elif step == "read as curator":
                    world.read(curator, 0)
                elif step == "read while one writes":
                    world.read(anybody, LISTENERS.local_s, during=world.write)
                else:
                    world.now += 0.6 if step == "wait a moment" else 61

    interleaved()


READER = """
import json, os, sys, threading
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
settings.LAB_CACHING = {**settings.LAB_CACHING, "PREFIX": os.environ["PREFIX"]}
from django.db import connection, connections
from django.test import Client
from audiobooks.accounts import limits
from lab_caching import metrics
limits.EVERYTHING = None
import audiobooks.accounts.throttles as throttles
throttles.EVERYTHING = limits.Limit("stampede", 10_000, 60)
limits.NAMESPACE = os.environ["PREFIX"]
statuses, lock = [], threading.Lock()

def read():
    status = Client(SERVER_NAME="localhost").get("/api/v1/audiobooks/").status_code
    with lock:
        statuses.append(status)
    connections.close_all()

threads = [threading.Thread(target=read) for _ in range(int(os.environ["READERS"]))]
print("ready", flush=True)
sys.stdin.readline()
for thread in threads:
    thread.start()
print("asking", flush=True)
for thread in threads:
    thread.join()
counts = metrics.read()["catalog.audiobook.list"]
print(json.dumps({"ok": statuses.count(200), "computations": counts.computations}), flush=True)
"""


@pytest.mark.timeout(240)
def test_of_200_readers_in_2_processes_who_find_nothing_1_asks_the_database(db):
    make_audiobook()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TEST_DATABASE": connection.settings_dict["NAME"],
        "PREFIX": f"{uuid4().hex}:",
        "READERS": str(READERS),
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", READER],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]

    assert [process.stdout.readline() for process in processes] == ["ready\n"] * PROCESSES
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "LOCK TABLE catalog_audiobook IN ACCESS EXCLUSIVE MODE"
        )  # whoever computes waits until all have asked
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [process.stdout.readline() for process in processes] == ["asking\n"] * PROCESSES
        until_somebody_waits()
    found = [json.loads(process.communicate(timeout=60)[0].splitlines()[-1]) for process in processes]

    assert sum(one["ok"] for one in found) == 200
    assert sum(one["computations"] for one in found) == 1


def until_somebody_waits() -> None:
    """Wait until a session waits for the table that we hold."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody asked the database")


def test_a_listener_is_no_curator():
    """What the bounds rest on: who may write reads with none."""
    assert CURATORS.local_s == 0 < LISTENERS.local_s <= 2
    assert Principal(None, Role.STAFF).is_curator
