"""
Lists and pages of recordings, by every way there is: ``python -m nexus.bench.reads ROUNDS RECORDINGS [--peers]``.

Prints a line of JSON for each round: of each way the seconds for an answer and the program's processor seconds for it.
Before the first round every way is asked for the same page and must show the same recordings. ``DATABASE_URL`` names a
database to fill.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import psycopg

from nexus.bench.served import Served, answer_of, asked, served
from nexus.bench.statements import Statement, taken_down, written
from nexus.environment import MANAGE
from nexus.processes import stop_on_signals

EACH_S = 2.0
PLACES = 200
Place = tuple[str, str]
RUNGS = ("naive", "model-serializers", "serializers", "dicts", "orm-cards", "compiled")
LISTS = ("list", *RUNGS)
API = "/api/v1/"
Way = tuple[Served, Sequence[str]]


def main(rounds: int, recordings: int, *, peers: bool) -> None:
    """Fill the database, serve, and print the rounds."""
    environment = dict(os.environ)
    fill(environment, recordings)
    with ExitStack() as stack:
        with_rungs = environment | {"ROOT_URLCONF": "nexus.bench.rungs"}
        ours = stack.enter_context(served("nexus.bench.anew:application", with_rungs))
        kept = stack.enter_context(served("config.wsgi:application", environment))
        chosen = random.Random(1).sample(places_of(environment["DATABASE_URL"]), PLACES)  # noqa: S311 -- nothing is secret
        told = written({"search": search_statements(words_of(chosen)[0])})
        bare = stack.enter_context(served("nexus.bench.replayed:application", environment | told))
        ways = paths_of(ours, kept, bare, chosen)
        if peers:
            peer = stack.enter_context(served("nexus.bench.peer:app", environment, interface="asgi"))
            ways["fastapi"] = (peer, [path.replace("/joins", "/list") for path in ways["joins"][1]])
        same(ways)
        for program, paths in ways.values():
            asked(program, paths, 1)
        for number in range(rounds):
            order = list(ways) if number % 2 else list(reversed(ways))
            print(json.dumps({way: asked(*ways[way], EACH_S) for way in order}), flush=True)


def fill(environment: Mapping[str, str], recordings: int) -> None:
    """Make the tables, and as many recordings."""
    size = ["--audiobooks", str(recordings), "--users", "100", "--positions", "1000", "--events", "1000"]
    for command in (
        ["migrate", "-v0"],
        ["seed_scale", *size, "--seed", "1", "--beside", "--labels", os.devnull],
    ):
        subprocess.run([*MANAGE, *command], env=environment, check=True, stdout=subprocess.DEVNULL)


def paths_of(ours: Served, kept: Served, bare: Served, places: Sequence[Place]) -> dict[str, Way]:
    """Return each way with its program and what it is asked for: the same places of the list."""
    after = [urlencode({"title": title, "id": id_}) for title, id_ in places]
    ways: dict[str, Way] = {
        "cards": (bare, [f"/cards?{one}" for one in after]),
        "joins": (bare, [f"/joins?{one}" for one in after]),
        "whole": (bare, [f"/whole?id={id_}" for _, id_ in places]),
        "found": (bare, [f"/search?q={quote(words)}" for words in words_of(places)]),
        "list": (ours, pages_after(f"{API}audiobooks/", places)),
        "recording": (ours, [f"{API}audiobooks/{id_}/" for _, id_ in places]),
        "recording by Django": (ours, [f"{API}rungs/detail/{id_}/" for _, id_ in places]),
        "search": (ours, [search_for(words) for words in words_of(places)]),
        "kept list": (kept, [f"{API}audiobooks/?limit=20"]),
        "empty view": (ours, [f"{API}rungs/empty/"]),
        "empty Django": (ours, [f"{API}rungs/django/"]),
    }
    return ways | {rung: (ours, pages_after(f"{API}rungs/{rung}/", places)) for rung in RUNGS}


def words_of(places: Sequence[Place]) -> list[str]:
    """Return two words of each title: a four-hundredth of ``seed_scale``'s recordings has both."""
    return [" ".join(title.split()[:2]) for title, _ in places]


def search_for(words: str) -> str:
    """Return the address of a search. What is looked for by words is never kept: each answer is made anew."""
    return f"{API}search/?limit=20&q={quote(words)}"


def search_statements(words: str) -> list[Statement]:
    """Return what the capstone sends to search for these words, as anybody."""
    import django  # noqa: PLC0415 -- with the settings of the environment

    django.setup()
    from django.test import Client  # noqa: PLC0415

    ask = Client(headers={"Host": "127.0.0.1"}).get
    return taken_down(lambda: ask(search_for(words)).status_code, {"asked": words})


def places_of(database: str) -> list[Place]:
    """Return (sort title, id) of the recordings that everybody may see, in the list's order, but the last 20."""
    statement = "SELECT sort_title, id::text FROM catalog_audiobook WHERE status = 'ready' AND access = 'open' ORDER BY 1, 2"
    with psycopg.connect(database) as connection:
        return connection.execute(statement).fetchall()[:-20]


def pages_after(address: str, places: Sequence[Place]) -> list[str]:
    """Return the addresses of the pages of a list after these rows, as its links would name them."""
    import django  # noqa: PLC0415 -- with the settings of the environment; no table is read

    django.setup()
    from lab_rest.cursors import Place as At  # noqa: PLC0415
    from lab_rest.cursors import scope_of, write_cursor  # noqa: PLC0415

    scope = scope_of(address, [], ["sort_title", "id"])
    cursors = [write_cursor(At((title, UUID(id_))), ordering="title", scope=scope) for title, id_ in places]
    return [f"{address}?limit=20&cursor={quote(cursor)}" for cursor in cursors]


def same(ways: Mapping[str, Way]) -> None:
    """Compare the first page of every list, and of the search. Ends the program where they differ."""
    found = {
        way: answer_of(program, paths[0])
        for way, (program, paths) in ways.items()
        if way in {"cards", "joins", "fastapi", *LISTS}
    }
    shown = {way: told(answer) for way, answer in found.items()}
    if any(shown[way] != shown["cards"] for way in shown):
        sys.exit(
            f"the ways show different recordings: {[way for way in shown if shown[way] != shown['cards']]}"
        )
    searches: list[Any] = [answer_of(program, paths[0]) for program, paths in (ways["search"], ways["found"])]
    if any(searches[0][name] != searches[1][name] for name in ("results", "facets", "closeness")):
        sys.exit("the searches show different recordings, or facets")


def told(answer: object) -> object:
    """Return what all ways show of a page; ModelSerializer shows people in another form, and FastAPI no cover."""
    assert isinstance(answer, dict)  # noqa: S101 -- for mypy
    left_out = {"authors", "narrators", "credits", "cover"}
    return [{name: value for name, value in one.items() if name not in left_out} for one in answer["results"]]


if __name__ == "__main__":
    stop_on_signals()
    main(*map(int, sys.argv[1:3]), peers="--peers" in sys.argv)
