"""
Does it stay as fast with 100 times as many rows? ``python -m nexus.bench.growth ROUNDS RECORDINGS``.

Prints a line of JSON for each round. *Few* is a hundredth of RECORDINGS, in a database of its own beside that of
``DATABASE_URL``. Page 1 and page 2,500 of the large one are asked of PostgreSQL alone.
"""

import json
import os
import random
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

from nexus.bench.reads import API, EACH_S, PLACES, Place, Way, fill, pages_after, places_of
from nexus.bench.served import asked, served
from nexus.processes import stop_on_signals

PAGE, DEEP = 25, 2_500
# The statement of the API's list, as PostgreSQL gets it.
CARDS = """
SELECT a.sort_title, a.id, c.card FROM catalog_audiobook a JOIN catalog_card c ON c.audiobook_id = a.id
WHERE a.status = 'ready' AND a.access = 'open' AND (a.sort_title, a.id) > (%s, %s) ORDER BY a.sort_title, a.id LIMIT 26
"""


def main(rounds: int, recordings: int) -> None:
    """Fill both databases, serve both, and print the rounds."""
    many = os.environ["DATABASE_URL"]
    few = beside(many, "few")
    ways: dict[str, Way] = {}
    with ExitStack() as stack:
        for size, database, number in (("few", few, recordings // 100), ("many", many, recordings)):
            environment = {**os.environ, "DATABASE_URL": database, "ROOT_URLCONF": "nexus.bench.rungs"}
            fill(environment, number)
            program = stack.enter_context(served("config.wsgi:application", environment))
            places = random.Random(1).choices(places_of(database), k=PLACES)  # noqa: S311 -- nothing is secret
            ways[f"list of {size}"] = program, pages_after(f"{API}rungs/compiled/", places)
            ways[f"detail of {size}"] = program, [f"{API}rungs/detail/{id_}/" for _, id_ in places]
        for program, paths in ways.values():
            asked(program, paths, 1)
        pages = pages_of(places_of(many))
        with psycopg.connect(many, autocommit=True, prepare_threshold=0) as connection:
            for number in range(rounds):
                order = list(ways) if number % 2 else list(reversed(ways))
                found = {way: asked(*ways[way], EACH_S) for way in order}
                print(
                    json.dumps(found | {page: timed(connection, at) for page, at in pages.items()}),
                    flush=True,
                )


def beside(database: str, word: str) -> str:
    """Make an empty database beside another, and return its address."""
    name = f"{urlsplit(database).path[1:]}_{word}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return urlsplit(database)._replace(path=f"/{name}").geturl()


def pages_of(places: Sequence[Place]) -> dict[str, Sequence[Place]]:
    """Return the rows after which the first hundred pages begin, and a hundred around page 2,500, or before the last."""
    deep = min(PAGE * DEEP, len(places) - 100 * PAGE)
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
