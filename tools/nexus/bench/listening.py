"""
Listening at scale: ``python -m nexus.bench.listening ROUNDS POSITIONS`` prints a line of JSON for each round.

*Many* holds POSITIONS, *few* a thousandth (400 at least), in a database of its own beside that of ``DATABASE_URL``; 20 places to a listener and
the same catalogue in both. A *tick* is one event told over HTTP to *many*; an *upsert* is what it comes to: one prepared statement
that puts a place where the device says, by a program without a framework. Home, library and changes are asked by 20 listeners in
turn, of both, one request after the other: told are the median and the p95 of their times. Any error ends the program.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count, cycle, islice
from typing import Any
from uuid import UUID, uuid4

import psycopg

from nexus.bench.growth import beside
from nexus.bench.reads import API
from nexus.bench.served import Connection, Served, request, served, told
from nexus.environment import MANAGE
from nexus.processes import stop_on_signals

RECORDINGS, PLACES_EACH, LISTENERS = 2_000, 20, 20
TICKS_S, ASKED = 3.0, 200
PAGES = {"home": "me/home/", "library": "me/library/", "changes": "me/changes/?since=0"}
JSON = {"Content-Type": "application/json"}
MOST = "SELECT user_id FROM playback_listeningposition GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s"
OPEN = "SELECT id FROM catalog_audiobook WHERE access = 'open' ORDER BY duration_ms DESC LIMIT 1"


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
        bare = stack.enter_context(served("nexus.bench.bare:application", os.environ))
        with psycopg.connect(
            few
        ) as connection:  # whoever is there is in the large one too: their ids follow from the seed
            users = [user for (user,) in connection.execute(MOST, [LISTENERS])]
        tokens = tokens_of(users)
        ways: dict[str, Callable[[], dict[str, float]]] = {}
        ticks, upserts = ticks_of(programs["many"], many, tokens), upserts_of(bare, many, users)
        ways["tick"] = lambda: told(programs["many"], ticks, TICKS_S)
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


def tokens_of(users: Sequence[UUID]) -> list[str]:
    """Return an access token for each listener, of the programs' own key."""
    import django  # noqa: PLC0415 -- with the settings of the environment; no table is read

    django.setup()
    from audiobooks.accounts.tokens import access_token_for  # noqa: PLC0415
    from audiobooks.principal import Principal, Role  # noqa: PLC0415

    return [access_token_for(Principal(user, Role.LISTENER), now=datetime.now(UTC)).text for user in users]


def ticks_of(program: Served, database: str, tokens: Sequence[str]) -> Iterator[bytes]:
    """Begin a sitting for each listener, and yield what their devices tell in turn: 15 s more of the recording."""
    with psycopg.connect(database) as connection:
        ((audiobook,),) = connection.execute(OPEN).fetchall()
    sittings = []
    for token in tokens:
        headers = {"Authorization": f"Bearer {token}", **JSON}
        body = {"device": {"id": str(uuid4()), "name": "Bench"}}
        begin = request(
            f"{API}audiobooks/{audiobook}/playback/",
            headers | {"Idempotency-Key": str(uuid4())},
            json.dumps(body),
        )
        sittings.append((json.loads(answer(program, begin, 201))["id"], headers))
    return tell(sittings)


def tell(sittings: Sequence[tuple[str, Mapping[str, str]]]) -> Iterator[bytes]:
    """Yield a tick of each sitting in turn, for ever; after 5 hours they jump back."""
    for seq in count(1):
        position_ms = 15_000 * (1 + seq % 1200)
        for sitting, headers in sittings:
            now = datetime.now(UTC).isoformat()
            event = {
                "seq": seq,
                "at": now,
                "generation": 0,
                "position_ms": position_ms,
                "heard_from_ms": position_ms - 15_000,
            }
            yield request(
                f"{API}playback/{sitting}/events/", headers, json.dumps({"sent_at": now, "events": [event]})
            )


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
        times: dict[str, list[float]] = {size: [] for size in programs}
        before = {size: program.cpu_s() for size, program in programs.items()}
        connections = {size: Connection(program.port) for size, program in programs.items()}
        for raw in islice(cycle(requests), ASKED):
            for size, connection in connections.items():
                times[size].append(connection.timed(raw))
        for size, took in times.items():
            cpu_s = (programs[size].cpu_s() - before[size]) / ASKED
            connections[size].socket.close()
            found[f"{name} of {size}, median"] = {"seconds": statistics.median(took), "cpu_s": cpu_s}
            found[f"{name} of {size}, p95"] = {
                "seconds": statistics.quantiles(took, n=20)[-1],
                "cpu_s": cpu_s,
            }
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
