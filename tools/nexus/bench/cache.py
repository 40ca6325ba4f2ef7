"""
What the capstone's cache is worth: ``python -m nexus.bench.cache ROUNDS RECORDINGS`` prints a line of JSON for each round.

Each endpoint is asked without a cache, from it, and by who has the answer (304), against the same server's static answer,
which knows no REST framework and no limits.
"""

import json
import os
import re
import sys
from contextlib import ExitStack

import psycopg

from nexus.bench.reads import API, Way, fill
from nexus.bench.served import Connection, Served, asked, served
from nexus.processes import stop_on_signals

EACH_S = 1.0


def main(rounds: int, recordings: int) -> None:
    """Fill the database, serve it twice, and print the rounds."""
    fill(os.environ, recordings)
    with ExitStack() as stack:
        anew, kept = (
            stack.enter_context(served(f"{module}:application", os.environ))
            for module in ("nexus.bench.anew", "config.wsgi")
        )
        ways: dict[str, Way] = {"static": (kept, ["/healthz/live"])}
        for name, path in endpoints().items():
            ways[f"{name} anew"] = anew, [path]
            ways[f"{name} kept"] = kept, [path]
            ways[f"{name} 304"] = kept, [f"{path} {etag_of(kept, path)}"]
        for program, paths in ways.values():
            asked(program, paths, 1)
        for number in range(rounds):
            order = list(ways) if number % 2 else list(reversed(ways))
            print(json.dumps({way: asked(*ways[way], EACH_S) for way in order}), flush=True)


def endpoints() -> dict[str, str]:
    """Return what is asked for, by name."""
    statement = "SELECT id FROM catalog_audiobook WHERE access = 'open' ORDER BY sort_title LIMIT 1"
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        (audiobook,) = connection.execute(statement).fetchone() or ("",)
    names = ("audiobooks/", "books/", "people/", "genres/")
    return {name: f"{API}{name}" for name in names} | {"audiobooks/{id}/": f"{API}audiobooks/{audiobook}/"}


def etag_of(program: Served, path: str) -> str:
    """Return the ETag of an answer."""
    connection = Connection(program.port)
    connection.ask(path)
    found = re.search(rb"(?i)etag: (\S+)", connection.receive()[1])
    connection.socket.close()
    if found is None:
        sys.exit(f"{path} has no ETag")
    return found[1].decode()


if __name__ == "__main__":
    stop_on_signals()
    main(*map(int, sys.argv[1:3]))
