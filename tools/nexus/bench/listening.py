"""
Listening at scale: ``python -m nexus.bench.listening ROUNDS POSITIONS`` prints a line of JSON for each round.

*Many* holds POSITIONS, *few* a thousandth (400 at least), in a database of its own beside that of ``DATABASE_URL``; 20 places to a listener and
the same catalogue in both. A *tick* is one event told over HTTP to *many*; *same statements* is a program without a framework that
sends PostgreSQL what the capstone sends for a tick; an *upsert* is the least it could come to: one prepared statement that puts a
place where the device says. Home, library and changes are asked by 20 listeners in
turn, of both, one request after the other: told are the median and the p95 of their times. Any error ends the program.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import psycopg

from nexus.bench.growth import beside
from nexus.bench.reads import API
from nexus.bench.served import Connection, Served, in_turn, request, served, told
from nexus.bench.statements import Statement, taken_down, written
from nexus.bench.tokens import LISTENERS, MOST, tokens_of
from nexus.environment import MANAGE
from nexus.processes import stop_on_signals

RECORDINGS, PLACES_EACH = 2_000, 20
TICKS_S = 3.0
PAGES = {"home": "me/home/", "library": "me/library/", "changes": "me/changes/?since=0"}
JSON = {"Content-Type": "application/json"}
OPEN = "SELECT id FROM catalog_audiobook WHERE access = 'open' ORDER BY duration_ms DESC OFFSET %s LIMIT 1"


@dataclass(frozen=True)
class Sitting:
    """A listener's sitting, and how a tick of it is sent."""

    id: str
    path: str
    headers: Mapping[str, str]


def main(rounds: int, positions: int) -> None:
    """Fill both databases, serve both and the bare program, and print the rounds."""
    many = os.environ["DATABASE_URL"]
    few = beside(many, "few")
    with ExitStack() as stack:
        programs: dict[str, Served] = {}
        for size, database, number in (
            ("few", few, max(positions // 1000, PLACES_EACH * LISTENERS)),
            ("many", many, positions),
        ):
            environment = {**os.environ, "DATABASE_URL": database}
            fill(environment, number)
            programs[size] = stack.enter_context(served("config.wsgi:application", environment))
        with psycopg.connect(
            few
        ) as connection:  # whoever is there is in the large one too: their ids follow from the seed
            users = [user for (user,) in connection.execute(MOST, [LISTENERS])]
        tokens = tokens_of(users)
        ways: dict[str, Callable[[], dict[str, float]]] = {}
        sittings = sittings_of(programs["many"], many, tokens)
        statements = {"tick": tick_statements(sittings_of(programs["many"], many, tokens[:1], 1)[0], many)}
        bare = stack.enter_context(
            served("nexus.bench.replayed:application", os.environ | written(statements))
        )
        again = [replayed(one, many) for one in sittings_of(programs["many"], many, tokens, 1)]
        ticks, same, upserts = tell(sittings), tell(again), upserts_of(bare, many, users)
        ways["tick"] = lambda: told(programs["many"], ticks, TICKS_S)
        ways["same statements"] = lambda: told(bare, same, TICKS_S)
        ways["upsert"] = lambda: told(bare, upserts, TICKS_S)
        for way in ways.values():
            way()
        for number in range(rounds):
            found = {way: ways[way]() for way in (ways if number % 2 else reversed(ways))}
            print(json.dumps(found | pages(programs, tokens)), flush=True)


def fill(environment: Mapping[str, str], positions: int) -> None:
    """Make the tables, and as many positions of a twentieth as many listeners."""
    size = {
        "audiobooks": RECORDINGS,
        "users": max(1, positions // PLACES_EACH),
        "positions": positions,
        "events": positions,
        "seed": 1,
    }
    seed = [word for name, number in size.items() for word in (f"--{name}", str(number))]
    for command in (["migrate", "-v0"], ["seed_scale", *seed, "--labels", os.devnull]):
        subprocess.run([*MANAGE, *command], env=environment, check=True, stdout=subprocess.DEVNULL)


def sittings_of(program: Served, database: str, tokens: Sequence[str], recording: int = 0) -> list[Sitting]:
    """
    Begin a sitting for each listener, each on a new device; ``recording`` counts the open ones from the longest.

    Two devices that told of one recording side by side would disagree, and each tick would compare their events.
    """
    with psycopg.connect(database) as connection:
        ((audiobook,),) = connection.execute(OPEN, [recording]).fetchall()
    sittings = []
    for token in tokens:
        headers = {"Authorization": f"Bearer {token}", **JSON}
        body = {"device": {"id": str(uuid4()), "name": "Bench"}}
        begin = request(
            f"{API}audiobooks/{audiobook}/playback/",
            headers | {"Idempotency-Key": str(uuid4())},
            json.dumps(body),
        )
        id_ = json.loads(answer(program, begin, 201))["id"]
        sittings.append(Sitting(id_, f"{API}playback/{id_}/events/", headers))
    return sittings


def replayed(sitting: Sitting, database: str) -> Sitting:
    """Return a sitting as the bare program is told of it: by the ids that its statements take."""
    return replace(sitting, path=f"/tick?{urlencode(ids_of(sitting, database))}", headers=JSON)


def ids_of(sitting: Sitting, database: str) -> dict[str, UUID]:
    """Return what a sitting is of, by the names that the bare program has for it."""
    statement = "SELECT user_id, audiobook_id, device_id FROM playback_playbacksession WHERE id = %s"
    with psycopg.connect(database) as connection:
        ((user, audiobook, device),) = connection.execute(statement, [sitting.id]).fetchall()
    return {"session": UUID(sitting.id), "user": user, "audiobook": audiobook, "device": device}


def tick_statements(sitting: Sitting, database: str) -> list[Statement]:
    """Return what the capstone sends for a tick of this sitting."""
    from django.test import Client  # noqa: PLC0415 -- Django is set up since there are tokens

    post, body = Client(headers={"Host": "127.0.0.1", **sitting.headers}).post, tick_of(1)
    said = ids_of(sitting, database) | {"seqs": [1]}
    return taken_down(lambda: post(sitting.path, body, content_type="application/json").status_code, said)


def tell(sittings: Sequence[Sitting]) -> Iterator[bytes]:
    """Yield a tick of each sitting in turn, for ever: what their devices tell, 15 s more of the recording."""
    for seq in count(1):
        for sitting in sittings:
            yield request(sitting.path, sitting.headers, tick_of(seq))


def tick_of(seq: int) -> str:
    """Return a tick's body; after 5 hours it jumps back."""
    position_ms, now = 15_000 * (1 + seq % 1200), datetime.now(UTC).isoformat()
    event = {
        "seq": seq,
        "at": now,
        "generation": 0,
        "position_ms": position_ms,
        "heard_from_ms": position_ms - 15_000,
    }
    return json.dumps({"sent_at": now, "events": [event]})


def upserts_of(program: Served, database: str, users: Sequence[UUID]) -> Iterator[bytes]:
    """Yield places for the bare program to put, of the same listeners in a recording that they have a place in."""
    rows = "SELECT DISTINCT ON (user_id) user_id, audiobook_id, device_id FROM playback_listeningposition WHERE user_id = ANY(%s)"
    with psycopg.connect(database) as connection:
        places = connection.execute(rows, [list(users)]).fetchall()

    def put() -> Iterator[bytes]:
        for seq in count(1_000_000):
            for user, audiobook, device in places:
                place: dict[str, Any] = {
                    "user": str(user),
                    "audiobook": str(audiobook),
                    "device": str(device),
                }
                yield request(
                    "/place", JSON, json.dumps(place | {"seq": seq, "position_ms": 15 * seq % 10**7})
                )

    answer(program, next(put()), 200)
    return put()


def pages(programs: Mapping[str, Served], tokens: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the median and the p95 of each page's times, of both, asked in turn."""
    found: dict[str, dict[str, float]] = {}
    for name, path in PAGES.items():
        requests = [request(f"{API}{path}", {"Authorization": f"Bearer {token}"}) for token in tokens]
        found |= in_turn(name, {size: (program, requests) for size, program in programs.items()})
    return found


def answer(program: Served, raw: bytes, expected: int) -> bytes:
    """Return the body of an answer. Ends the program where it has another status."""
    connection = Connection(program.port)
    connection.send(raw)
    status, _, body = connection.receive()
    connection.socket.close()
    if status != expected:
        sys.exit(f"{status} instead of {expected}: {body[:500]!r}")
    return body


if __name__ == "__main__":
    stop_on_signals()
    main(*map(int, sys.argv[1:3]))
