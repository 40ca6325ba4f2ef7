"""A day of requests with planted intruders: who is found by a fixed limit and by what is usual, and from where they came."""

import os
import random
from collections.abc import Callable
from statistics import median

import psycopg
import stage

HOURS, LISTENERS = 24, 400
# The networks are those that RFC 5737 keeps for documentation; the places are made up.
NETWORKS = {"192.0.2.0/25": "KE", "192.0.2.128/25": "FR", "198.51.100.0/24": "KE", "203.0.113.0/24": "US"}
TABLES = """
    CREATE TABLE requests (hour int, caller text, address inet, status int);
    CREATE TABLE networks (network cidr PRIMARY KEY, country text);
    CREATE INDEX ON networks USING gist (network inet_ops);
"""
US, KE = "203.0.113", "198.51.100"
# Who sends how much, when, from where: kind, names, hours, requests an hour, network, status.
PROGRAMS = ("shop's program", ("p0", "p1", "p2"), range(HOURS), 160, US, 200)  # honest, much, evenly
INTRUDERS = [
    ("guessers", ("g1", "g2"), range(3, 4), 90, US, 401),
    ("scrapers", ("s1", "s2"), range(14, 15), 900, US, 200),
    ("slow scrapers", ("q1", "q2"), range(HOURS), 60, US, 200),
    ("stolen accounts", ("t1", "t2"), range(8, 20), 5, "192.0.2", 200),
]
ABROAD = ["t1", "t2", "u1", "u2", "u3"]  # in another country within the hour: two thieves, and three who fly
Row = tuple[int, str, str, int]


def requests(chance: random.Random) -> list[Row]:
    """Return a day: listeners by day, a shop's programs, and eight callers who are not honest."""
    rows: list[Row] = []

    def send(caller: str, hour: int, times: int, net: str, status: int) -> None:
        rows.extend([(hour, caller, f"{net}.{1 + sum(map(ord, caller)) % 120}", status)] * times)

    for number in range(LISTENERS):
        for hour in range(6, 23):
            send(f"u{number}", hour, chance.randrange(1, 12), KE, 200)
            send(f"u{number}", hour, int(chance.random() < 0.02), KE, 401)  # everybody mistypes
    for _, names, hours, times, net, status in [PROGRAMS, *INTRUDERS]:
        for name in names:
            for hour in hours:
                send(name, hour, times, net, status)
    return rows + [(11, name, "192.0.2.200", 200) for name in ABROAD]


# --8<-- [start:detectors]
def above(limit: int) -> Callable[[psycopg.Connection], set[str]]:
    """Find whoever sends more than so many requests in an hour."""
    query = "SELECT DISTINCT caller FROM requests GROUP BY caller, hour HAVING count(*) > %s"
    return lambda database: {caller for (caller,) in database.execute(query, [limit])}


def unusual(database: psycopg.Connection) -> set[str]:
    """Find whose day is far from the median day, in units of the median deviation; or whose requests mostly fail."""
    query = "SELECT caller, count(*), count(*) FILTER (WHERE status = 401) FROM requests GROUP BY caller"
    days = {caller: (total, failed) for caller, total, failed in database.execute(query)}
    middle = median(total for total, _ in days.values())
    spread = median(abs(total - middle) for total, _ in days.values())
    much = {caller for caller, (total, _) in days.items() if 0.6745 * (total - middle) / spread > 6}
    return much | {caller for caller, (total, failed) in days.items() if failed > max(10, total / 2)}


def two_places(database: psycopg.Connection) -> set[str]:
    """Find who was in two countries within one hour."""
    query = """
        SELECT DISTINCT caller FROM requests JOIN networks ON address <<= network
        GROUP BY caller, hour HAVING count(DISTINCT country) > 1
    """
    return {caller for (caller,) in database.execute(query)}


# --8<-- [end:detectors]
# --8<-- [start:known]
KNOWN = set(PROGRAMS[1])  # programs with a key and an agreement: judged by that, not by what is usual
# --8<-- [end:known]


def main() -> None:
    """Print both tables."""
    rows = requests(random.Random(42))  # noqa: S311 -- a made-up day, the same each time
    bad = {name for _, names, *_ in INTRUDERS for name in names}
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        database.execute(TABLES)
        with database.cursor().copy("COPY requests FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        database.cursor().executemany("INSERT INTO networks VALUES (%s, %s)", NETWORKS.items())
        ways: dict[str, set[str]] = {
            "over 500/h": above(500)(database),
            "over 50/h": above(50)(database),
            "unusual": unusual(database),
        }
        ways["two places"] = ways["unusual"] | two_places(database)
        ways["less known"] = ways["two places"] - KNOWN
    found = [*ways.values()]
    kinds = [
        (f"{kind}, of {len(names)}", *(len(set(names) & way) for way in found))
        for kind, names, *_ in INTRUDERS
    ]
    stage.table(
        [f"{len(rows):,} by {len({row[1] for row in rows})} callers", *ways],
        [
            *kinds,
            ("honest ones accused", *(len(way - bad) for way in found)),
            ("precision", *(f"{len(way & bad) / len(way):.2f}" for way in found)),
            ("recall", *(f"{len(way & bad) / len(bad):.2f}" for way in found)),
        ],
    )


main()
