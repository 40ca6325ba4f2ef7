"""
What a web worker holds in memory, and how soon it answers: ``python -m nexus.bench.memory ROUNDS REQUESTS``.

The API is served as its image serves it: by two workers of one thread each, with the packages of `requirements/run.txt` and
no others, in an environment that is made for this. Prints a line of JSON for each round: the largest worker's resident set
after REQUESTS mixed requests, in MiB, and the seconds from the command to the first answer of API and bare program, *cold*
without bytecode (a checkout that was just made), *warm* with it (an image).
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import psycopg

from nexus import bootstrap
from nexus.bench.reads import API, Place, fill, pages_after, places_of, search_for, words_of
from nexus.bench.served import CONNECTIONS, Connection, Served, request, served
from nexus.bench.tokens import LISTENERS, MOST, tokens_of
from nexus.processes import PYTHON_MODULE, stop_on_signals
from nexus.services import CHECKOUT

RECORDINGS, CHOSEN, WORKERS = 2_000, 200, 2
GOAL_MIB, MIB = 85, 2**20
LIVE = "/healthz/live"
PROGRAMS = {"API": ("config.wsgi:application", LIVE), "bare": ("nexus.bench.bare:application", "/nothing")}


def main(rounds: int, requests: int) -> None:
    """Make the environment, fill the database, and print the rounds."""
    fill(os.environ, RECORDINGS)
    mixed = requests_to(os.environ["DATABASE_URL"])
    with tempfile.TemporaryDirectory() as folder:
        python = made_environment(Path(folder))
        for number in range(rounds):
            print(
                json.dumps(measured(python, Path(folder, f"bytecode-{number}"), mixed, requests)), flush=True
            )


def made_environment(folder: Path) -> str:
    """Make an environment of what the image has, and return its Python."""
    uv, environment = [*PYTHON_MODULE, "uv"], str(folder / "venv")
    lock = str(CHECKOUT / "requirements/run.txt")
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    install = ["pip", "install", "--quiet", "--python", environment, "--require-hashes", "-r", lock]
    subprocess.run([*uv, *install], check=True)
    return f"{environment}/bin/python"


def requests_to(database: str) -> list[bytes]:
    """Return a mix of what listeners and others ask, shuffled: lists, recordings, searches, pages of their own, the graph."""
    places: list[Place] = random.Random(1).sample(places_of(database), CHOSEN)  # noqa: S311 -- nothing is secret
    with psycopg.connect(database) as connection:
        users: list[UUID] = [user for (user,) in connection.execute(MOST, [LISTENERS])]
    headers = [{"Authorization": f"Bearer {token}"} for token in tokens_of(users)]
    paths = pages_after(f"{API}audiobooks/", places) + [search_for(words) for words in words_of(places)]
    paths += [f"{API}audiobooks/{id_}/" for _, id_ in places]
    own = [f"{API}me/home/", f"{API}me/library/", f"{API}me/changes/?since=0"]
    graph = json.dumps({"query": "{ audiobooks(first: 20) { nodes { title authors { name } } } }"})
    mixed = [request(path) for path in paths]
    mixed += [request(path, one) for path in own for one in headers]
    mixed += [request("/graphql/", {"Content-Type": "application/json"}, graph)] * LISTENERS
    random.Random(1).shuffle(mixed)  # noqa: S311
    return mixed


def measured(
    python: str, bytecode: Path, mixed: Sequence[bytes], requests: int
) -> dict[str, dict[str, float]]:
    """Return one round. ``bytecode`` is a folder that is not there yet."""
    found: dict[str, dict[str, float]] = {f"{GOAL_MIB} MiB": {"mib": GOAL_MIB}}
    environment = environment_of(bytecode)
    for kind in ("cold", "warm"):
        for name in PROGRAMS:
            with started(name, python, environment) as (program, seconds):
                found[f"{name}, {kind} start"] = {"seconds": seconds}
                if (name, kind) == ("API", "warm"):
                    found["worker at start"] = {"mib": program.memory_bytes() / MIB}
                    ask(program, mixed, requests)
                    found["worker"] = {"mib": program.memory_bytes() / MIB}
    return found


def environment_of(bytecode: Path) -> dict[str, str]:
    """Return the environment of an image, but that bytecode is kept in a folder of its own."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    sources = os.pathsep.join(bootstrap.source_folders(CHECKOUT))
    return ours | {"PYTHONPATH": sources, "PYTHONPYCACHEPREFIX": str(bytecode)}


@contextmanager
def started(name: str, python: str, environment: Mapping[str, str]) -> Iterator[tuple[Served, float]]:
    """Serve a program while the block lasts; yield it once it has answered, and after how many seconds it did."""
    (application, path), began = PROGRAMS[name], time.perf_counter()
    with served(application, environment, workers=WORKERS, python=python) as program:
        connection = Connection(program.port)
        connection.timed(request(path))
        took = time.perf_counter() - began
        connection.socket.close()
        yield program, took


def ask(program: Served, mixed: Sequence[bytes], requests: int) -> None:
    """Send so many requests of a mix, in turn, on connections that are made anew for each 100: so both workers get some."""
    for start in range(0, requests, 100):
        with ExitStack() as stack:
            connections = [Connection(program.port) for _ in range(CONNECTIONS)]
            for connection in connections:
                stack.callback(connection.socket.close)
            for number in range(start, min(start + 100, requests)):
                connections[number % CONNECTIONS].timed(mixed[number % len(mixed)])


if __name__ == "__main__":
    stop_on_signals()
    main(*map(int, sys.argv[1:3]))
