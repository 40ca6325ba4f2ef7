"""Twelve events for one function: in new processes, in one that is kept warm, and in a burst; `times` measures a cold start."""

import json
import os
import subprocess
import sys
import time
from statistics import median
from urllib.parse import urlsplit

import psycopg
import stage

EVENTS, ALLOWED, TWICE = 12, 5, 3
ROLE = f"function_{os.getpid()}"
Instance = subprocess.Popen[str]


# --- the function, as a platform runs it --------------------------------------------------------------------------

found_here: list[str] = []  # a global variable lives as long as the instance


# --8<-- [start:function]
def handle(event: dict[str, str], database: psycopg.Connection | None) -> dict[str, object]:
    """Have one event's effect; say what of an earlier event was still here."""
    answer: dict[str, object] = {"left": len(found_here) > 0, "refused": database is None}
    found_here.append(event["id"])
    if database:
        database.execute("INSERT INTO effects VALUES (%(id)s)", event)
        database.execute("INSERT INTO receipts VALUES (%(id)s) ON CONFLICT DO NOTHING", event)
    return answer


# --8<-- [end:function]


def instance(address: str) -> None:
    """Connect, once; then take events, a line each, until there are no more."""
    try:
        database = psycopg.connect(address, autocommit=True)
    except psycopg.OperationalError:  # "too many connections for role": the answer says so
        database = None
    for line in sys.stdin:
        stage.say(json.dumps(handle(json.loads(line), database)))
        sys.stdout.flush()


# --- the platform -------------------------------------------------------------------------------------------------


def started(address: str) -> Instance:
    """Start an instance."""
    command = [sys.executable, sys.argv[0], "instance", address]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def called(running: Instance, number: int) -> dict[str, bool]:
    """Send an event, and return the answer."""
    running.stdin.write(json.dumps({"id": str(number)}) + "\n")
    running.stdin.flush()
    return json.loads(running.stdout.readline())


def ended(running: list[Instance]) -> None:
    """End instances, and wait until their connections are closed."""
    for one in running:
        one.communicate()


# --8<-- [start:platforms]
def each_anew(address: str) -> tuple[int, list[dict[str, bool]]]:
    """Start an instance for each event, one after another."""
    answers = []
    for number in range(EVENTS):
        running = started(address)
        answers.append(called(running, number))
        ended([running])
    return EVENTS, answers


def kept_warm(address: str) -> tuple[int, list[dict[str, bool]]]:
    """Send all events to one instance; the platform delivers some of them twice."""
    running = started(address)
    answers = [called(running, number) for number in range(EVENTS)]
    for number in range(TWICE):
        called(running, number)
    ended([running])
    return 1, answers


def burst(address: str) -> tuple[int, list[dict[str, bool]]]:
    """Let all events come at once: an instance each, all at the same time."""
    running = [started(address) for _ in range(EVENTS)]
    answers = [called(one, number) for number, one in enumerate(running)]
    ended(running)
    return EVENTS, answers


# --8<-- [end:platforms]


def rows_of(way, owner: psycopg.Connection, address: str) -> list[int]:
    """Run one way on empty tables; return what is counted."""
    owner.execute("TRUNCATE effects, receipts")
    instances, answers = way(address)
    left, refused = (sum(answer[what] for answer in answers) for what in ("left", "refused"))
    query = "SELECT (SELECT count(*) FROM effects), (SELECT count(*) FROM receipts)"
    return [instances, left, refused, *owner.execute(query).fetchone()]


def main() -> None:
    """Print the table."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    address = parts._replace(netloc=f"{ROLE}:{ROLE}@{parts.netloc.rpartition('@')[2]}").geturl()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("CREATE TABLE effects (id text); CREATE TABLE receipts (id text PRIMARY KEY)")
        owner.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}' CONNECTION LIMIT {ALLOWED}")
        owner.execute(f"GRANT SELECT, INSERT ON effects, receipts TO {ROLE}")
        try:
            columns = [rows_of(way, owner, address) for way in (each_anew, kept_warm, burst)]
        finally:
            owner.execute(f"DROP OWNED BY {ROLE}")
            owner.execute(f"DROP ROLE {ROLE}")
    rows = [
        "processes started",
        "found an earlier one's leftovers",
        f"refused; {ALLOWED} may connect",
        "effects written",
        "effects by receipts",
    ]
    stage.table(
        [f"{EVENTS} events", "each anew", f"warm; {TWICE} come twice", "all at once"],
        [(row, *(column[number] for column in columns)) for number, row in enumerate(rows)],
    )


def times() -> None:
    """Say how many times as long Python takes to start with all of the capstone as alone."""
    load = "import django; django.setup(); import config.wsgi"
    taken: dict[str, list[float]] = {"pass": [], load: []}
    for _ in range(5):
        for code, seconds in taken.items():
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            seconds.append(time.perf_counter() - begun)
    stage.say(f"{median(taken[load]) / median(taken['pass']):.0f} times as long as Python alone")


{"instance": lambda: instance(sys.argv[2]), "times": times}.get("".join(sys.argv[1:2]), main)()
