"""
Does it stay as fast with 100 times as many rows? ``python -m nexus.bench.growth ROUNDS RECORDINGS``.

Prints a line of JSON for each round. *Few* is a hundredth of RECORDINGS, in a database of its own beside that of
``DATABASE_URL``. Each endpoint is asked of both, one request after the other: told are the median and the p95 of its times. A
*search* names one recording; a *broad search* is for two words, which 100 times as many recordings have. Page 1 and page 2,500 of the large one are asked of PostgreSQL alone.
"""

import json
import os
import random
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

from nexus.bench.reads import (
    API,
    PLACES,
    Place,
    fill,
    pages_after,
    places_of,
    search_for,
    words_of,
)
from nexus.bench.served import ASKED, Served, in_turn, request, served
from nexus.bench.tokens import LISTENERS, MOST, tokens_of
from nexus.processes import stop_on_signals

PAGE, DEEP = 25, 2_500
WARM = 20  # requests of each kind that are not told: whatever is made once is made in them
FEWEST = 200  # the listeners' positions are in as many
# The statement of the API's list, as PostgreSQL gets it.
CARDS = """
SELECT a.sort_title, a.id, c.card FROM catalog_audiobook a JOIN catalog_card c ON c.audiobook_id = a.id
WHERE a.status = 'ready' AND a.access = 'open' AND (a.sort_title, a.id) > (%s, %s) ORDER BY a.sort_title, a.id LIMIT 26
"""


def main(rounds: int, recordings: int) -> None:
    """Fill both databases, serve both, and print the rounds."""
    many = os.environ["DATABASE_URL"]
    databases = {"few": beside(many, "few"), "many": many}
    numbers = {"few": max(recordings // 100, FEWEST), "many": recordings}
    with ExitStack() as stack:
        programs: dict[str, Served] = {}
        asked_for: dict[str, dict[str, list[bytes]]] = {}
        for size, database in databases.items():
            environment = {**os.environ, "DATABASE_URL": database, "ROOT_URLCONF": "nexus.bench.rungs"}
            fill(environment, numbers[size])
            programs[size] = stack.enter_context(served("config.wsgi:application", environment))
            asked_for[size] = requests_to(database)
        pages = pages_of(places_of(many))
        with psycopg.connect(many, autocommit=True, prepare_threshold=0) as connection:
            grown(programs, asked_for, WARM)
            for _ in range(rounds):
                found = grown(programs, asked_for, ASKED)
                found |= {page: timed(connection, at) for page, at in pages.items()}
                print(json.dumps(found), flush=True)


def requests_to(database: str) -> dict[str, list[bytes]]:
    """Return what is asked of a database's program, by the name of the endpoint."""
    places = random.Random(1).choices(places_of(database), k=PLACES)  # noqa: S311 -- nothing is secret
    with psycopg.connect(database) as connection:
        users = [user for (user,) in connection.execute(MOST, [LISTENERS])]
    headers = [{"Authorization": f"Bearer {token}"} for token in tokens_of(users)]
    paths = {
        "list": pages_after(f"{API}rungs/compiled/", places),
        "detail": [f"{API}rungs/detail/{id_}/" for _, id_ in places],
        "search": [search_for(name_in(title)) for title, _ in places],
        "broad search": [search_for(words) for words in words_of(places)],
    }
    return {name: [request(path) for path in asked] for name, asked in paths.items()} | {
        "home": [request(f"{API}me/home/", one) for one in headers]
    }


def name_in(sort_title: str) -> str:
    """Return a recording's words that no other has all of: a search for them finds one, among few and among many."""
    return sort_title.removesuffix(", the").replace(" of ", " ")


def grown(
    programs: Mapping[str, Served], asked_for: Mapping[str, Mapping[str, Sequence[bytes]]], times: int
) -> dict[str, dict[str, float]]:
    """Return the median and the p95 of each endpoint's times, of few and of many, asked in turn."""
    found: dict[str, dict[str, float]] = {}
    for name in asked_for["few"]:
        found |= in_turn(name, {one: (programs[one], asked_for[one][name]) for one in programs}, times)
    return found


def beside(database: str, word: str) -> str:
    """Make an empty database beside another, and return its address."""
    name = f"{urlsplit(database).path[1:]}_{word}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return urlsplit(database)._replace(path=f"/{name}").geturl()


def pages_of(places: Sequence[Place]) -> dict[str, Sequence[Place]]:
    """Return the rows after which the first hundred pages begin, and a hundred around page 2,500, or before the last."""
    deep = max(0, min(PAGE * DEEP, len(places) - 100 * PAGE))
    return {"page 1": places[:100], "page 2,500": places[deep : deep + 100]}


def timed(connection: psycopg.Connection[tuple[object, ...]], places: Sequence[Place]) -> dict[str, float]:
    """Return the seconds of a page, of the best of five passes: all of it PostgreSQL's, or the client's for the same rows."""
    passes = []
    for _ in range(5):
        began = time.perf_counter()
        for place in places:
            connection.execute(CARDS, place).fetchall()
        passes.append((time.perf_counter() - began) / len(places))
    return {"seconds": min(passes), "cpu_s": min(passes)}


if __name__ == "__main__":
    stop_on_signals()
    main(*map(int, sys.argv[1:3]))
