"""`./nexus up`: services, migrations, demo data, then every process of the platform, until Ctrl-C."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO

from nexus import docs, ports, processes
from nexus.crew import Crew, ending
from nexus.environment import MANAGE, Addresses, capstone_environment
from nexus.errors import NexusError
from nexus.labs.mine import FindParts, Parts
from nexus.processes import PYTHON_MODULE
from nexus.ready import Readiness, answers, worker_answers
from nexus.services import Session, State, checkout_state, session

# Who takes from which queues, and how many at once: a transcode of hours takes nobody's turn but another one's.
WORKERS = {"worker": ("mail,default,periodic", 2), "encoder": ("media", 1)}
CLEAN_UP_S = 30
# Who reads the log of a media process could play what they read of: its paths are signed.
MEDIA_LOG = ["--access-log-fmt", '%(addr)s - "%(method)s …" %(status)d %(dt_ms).3f']


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    port: int | None = None
    hub_port: int | None = None
    media_port: int | None = None
    hub: bool = True
    rabbitmq: bool = False
    mine: FindParts | None = None


def up(wanted: Wanted) -> None:
    """Run everything until a signal arrives. Raises ``NexusError`` where a process ends by itself."""
    started, state = time.monotonic(), checkout_state()
    state.make()
    with only_one(state) as lock:
        addresses = choose_addresses(wanted)
        note(lock, addresses)
        parts = wanted.mine() if wanted.mine else None
        print("nexus: starting PostgreSQL and Valkey …", flush=True)
        with session(state, rabbitmq=wanted.rabbitmq, hold=[lock.fileno()]) as services:
            for name, origin in services.origins.items():
                print(f"nexus: {name}: {origin}", flush=True)
            crew = Crew(services.guard)
            try:
                run(crew, services, wanted, addresses, parts, started)
            finally:
                crew.end()


def run(
    crew: Crew,
    services: Session,
    wanted: Wanted,
    addresses: Addresses,
    parts: Parts | None,
    started: float,
) -> None:
    """Prepare, start, follow."""
    environment = capstone_environment(services, addresses)
    metrics = services.state.folder / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)  # of processes that have ended
    environment["METRICS_DIR"] = str(metrics)
    environment.setdefault("GRAPHQL_INTROSPECTION", "1")  # GraphiQL at /graphql/: this is a learner's machine
    if not environment.get("BOOK_API_URL"):
        environment |= addresses.book_api
    if parts:
        environment = parts.environment(environment)
    if wanted.hub:
        # The hub needs no database, so it builds while the others wait for one.
        crew.start(
            "hub", docs.serve_command(addresses.hub_port, "--no-livereload"), docs.environment(environment)
        )
    crew.run("migrate", [*MANAGE, "migrate", "--no-input"], environment)
    crew.run("seed", [*MANAGE, "seed_demo"], environment)
    for name, command in commands(addresses, environment).items():
        crew.start(name, command, environment)
    readiness = Readiness(crew, environment, started)
    readiness.expect("API", addresses.api, lambda: answers(f"{addresses.api}healthz/ready"))
    player = f"{addresses.api}listen/"
    readiness.expect("Player", f"{player}, to browse and hear", lambda: answers(player))
    readiness.expect("Media", addresses.media, lambda: answers(f"{addresses.media}healthz/live"))
    if wanted.hub:
        readiness.expect("Hub", addresses.hub, lambda: answers(addresses.hub))
    broker = environment["CELERY_BROKER_URL"]
    for name, (queues, _) in WORKERS.items():
        node = node_name(name, addresses)
        probe = partial(worker_answers, broker, node)
        readiness.expect(name.title(), f"{node}, queues {queues}", probe)
    if parts:
        readiness.lines["Parts"] = parts.sentence()
    readiness.start()
    raise NexusError(ending(*crew.follow()))


def commands(addresses: Addresses, environment: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the commands of the platform's own processes, and of a book API where nobody named another."""
    imitates_books = environment["BOOK_API_URL"] == addresses.book_api["BOOK_API_URL"]
    books = {"books": [*MANAGE, "book_service", "--port", str(addresses.books_port)]}
    granian = [
        *PYTHON_MODULE,
        "granian",
        "--interface",
        "wsgi",
        "--no-ws",
        "--access-log",
        "--host",
        "127.0.0.1",
        "--workers-kill-timeout",
        "5",  # a paused download would hold it up for ever, and so may a worker that has only just begun
    ]
    workers = str(min(os.cpu_count() or 1, 2))
    api = ["--port", str(addresses.api_port), "--workers", workers, "--blocking-threads", "1"]
    media = ["--port", str(addresses.media_port), "--workers", "1", "--blocking-threads", "32"]
    return {
        "api": [*granian, *api, "config.wsgi:application"],
        "media": [*granian, *MEDIA_LOG, *media, "config.wsgi_media:application"],
        **{name: worker_command(name, addresses) for name in WORKERS},
        "relay": [*MANAGE, "outbox_relay"],
        **(books if imitates_books else {}),
    }


def worker_command(name: str, addresses: Addresses) -> list[str]:
    """Return the command of one of the ``WORKERS``."""
    queues, at_once = WORKERS[name]
    node = node_name(name, addresses)
    alone = ["--without-mingle", "--without-gossip"]  # it would wait a second for others like it
    celery = [*PYTHON_MODULE, "celery", "--quiet", "-A", "config", "worker", "-l", "INFO", *alone]
    return [*celery, "-Q", queues, "--concurrency", str(at_once), "-n", node]


def node_name(name: str, addresses: Addresses) -> str:
    """Return what a worker is called among all that share a broker."""
    return f"{name}-{addresses.api_port}@localhost"


def choose_addresses(wanted: Wanted) -> Addresses:
    """Return the ports: those asked for, else the usual ones, else the next free ones."""
    usual, taken, chosen = Addresses(), set[int](), {}
    asked = [
        ("--port", "api_port", wanted.port),
        ("--media-port", "media_port", wanted.media_port),
        ("--hub-port", "hub_port", wanted.hub_port),
        ("--books-port", "books_port", None),
    ]
    for option, name, port in sorted(asked, key=lambda one: one[2] is None):  # those asked for first
        chosen[name] = ports.choose(option, port, getattr(usual, name), taken)
        taken.add(chosen[name])
        if port is None and chosen[name] != getattr(usual, name):
            print(f"nexus: port {getattr(usual, name)} is taken; using {chosen[name]} instead.", flush=True)
    return Addresses(**chosen)


@contextmanager
def only_one(state: State) -> Iterator[IO[str]]:
    """
    Hold the lock of `./nexus up`. Raises ``NexusError`` with the address where it runs already.

    The guard shares the lock: after a ``kill -9`` it falls when the guard has cleaned up, and we wait for that.
    """
    with (state.folder / "up.json").open("a+") as lock:
        if not processes.wait_until(lambda: lock_or_refuse(lock), CLEAN_UP_S, step_s=0.2):
            raise NexusError("an earlier ./nexus up is still being cleaned up; try again in a moment.")
        yield lock


def lock_or_refuse(lock: IO[str]) -> bool:
    """Tell whether the lock is ours now. Raises ``NexusError`` where its owner lives."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        owner = json.loads(lock.read() or "{}")
        if owner and processes.is_running(owner["pid"], "nexus"):
            message = f"already running at {owner['api']} (process {owner['pid']}). Use that one, or stop it with Ctrl-C."
            raise NexusError(message) from None
        return False
    return True


def note(lock: IO[str], addresses: Addresses) -> None:
    """Write who we are and where, for whoever starts a second one."""
    lock.seek(0)
    lock.truncate()
    json.dump({"pid": os.getpid(), "api": addresses.api}, lock)
    lock.flush()
