"""Listens without names: who is known again by three columns, which hashes can be turned round, and what deleting leaves."""

import hashlib
import hmac
import os
import random
import secrets
from collections import Counter
from collections.abc import Callable

import psycopg
import stage

PEOPLE = 2_000
Person = tuple[int, str, str]  # year of birth, postcode, language
LANGUAGES = ["en"] * 6 + ["fr"] * 2 + ["sw", "de"]


def people(chance: random.Random) -> list[Person]:
    """Return made-up people: 60 years of birth, 100 postcodes, four languages, some more common than others."""
    return [
        (
            1945 + int(60 * (chance.random() + chance.random()) / 2),
            f"{10000 + int(100 * chance.random() ** 1.5)}",
            chance.choice(LANGUAGES),
        )
        for _ in range(PEOPLE)
    ]


# --8<-- [start:coarser]
COARSER: dict[str, Callable[[Person], tuple[object, ...]]] = {
    "no names": lambda person: person,
    "decade": lambda person: (person[0] // 10, person[1], person[2]),
    "and region": lambda person: (person[0] // 10, person[1][:4], person[2]),
    "no language": lambda person: (person[0] // 10, person[1][:4]),
}
# --8<-- [end:coarser]


def known_again(rows: list[tuple[object, ...]]) -> list[int]:
    """Return how many rows are the only one like them, how many are one of fewer than five, and the smallest group."""
    groups = Counter(rows)
    return [
        sum(size == 1 for size in groups.values()),
        sum(size for size in groups.values() if size < 5),
        min(groups.values()),
    ]


# --8<-- [start:pseudonyms]
KEY = secrets.token_bytes(32)  # kept apart from the data
PSEUDONYMS: dict[str, Callable[[str], str]] = {
    "SHA-256": lambda address: hashlib.sha256(address.encode()).hexdigest(),
    "and a salt": lambda address: hashlib.sha256(b"pepper" + address.encode()).hexdigest(),
    "HMAC, key apart": lambda address: hmac.digest(KEY, address.encode(), "sha256").hex(),
}
# --8<-- [end:pseudonyms]


def guessed(way: str, addresses: list[str]) -> int:
    """Hash a list of addresses that somebody bought, with what is known from the file; return how many are found."""
    known = {**PSEUDONYMS, "HMAC, key apart": PSEUDONYMS["SHA-256"]}[way]  # without the key: the next best
    return len(
        {PSEUDONYMS[way](address) for address in addresses} & {known(address) for address in addresses}
    )


# --- deleting -----------------------------------------------------------------------------------------------------

# --8<-- [start:tables]
TABLES = """
    CREATE SCHEMA rights;
    CREATE TABLE rights.people (id int PRIMARY KEY, email text);
    CREATE TABLE rights.bookmarks (person int REFERENCES rights.people ON DELETE CASCADE, note text);
    CREATE TABLE rights.outbox (body text);     -- "a letter to ada@example.org"
    CREATE TABLE rights.audit (line text);      -- no foreign key: it must outlive what it tells of
    INSERT INTO rights.people VALUES (1, 'ada@example.org'), (2, 'bo@example.org');
    INSERT INTO rights.bookmarks SELECT 1, 'note ' || n FROM generate_series(1, 5) n;
    INSERT INTO rights.outbox VALUES ('a letter to ada@example.org');
    INSERT INTO rights.audit SELECT 'ada@example.org logged in' FROM generate_series(1, 20);
"""
# --8<-- [end:tables]
WAYS = {
    "is_active = false": "",
    "DELETE, CASCADE": "DELETE FROM rights.people WHERE id = 1",
    "and a list of places": """
        DELETE FROM rights.people WHERE id = 1;
        DELETE FROM rights.outbox WHERE body LIKE '%ada@example.org%';
        UPDATE rights.audit SET line = replace(line, 'ada@example.org', 'somebody deleted')
    """,
}


def rows_left(statements: str) -> list[int]:
    """Delete Ada one way, and look for her everywhere; return how many rows are hers, and how many name her."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        database.execute(TABLES)
        database.execute(statements)
        hers = "SELECT count(*) FROM rights.bookmarks WHERE person = 1"
        naming = """
            SELECT count(*) FROM (SELECT email FROM rights.people UNION ALL SELECT body FROM rights.outbox
                                  UNION ALL SELECT line FROM rights.audit) AS texts (text)
            WHERE text LIKE '%ada@example.org%'
        """
        found = [database.execute(query).fetchone()[0] for query in (hers, naming)]
        database.rollback()
    return found


def main() -> None:
    """Print three tables."""
    everybody = people(random.Random(42))  # noqa: S311 -- made-up people, the same each time
    found = [known_again([shape(person) for person in everybody]) for shape in COARSER.values()]
    rows = ["are the only one like them", "are one of fewer than five", "smallest group"]
    stage.table(
        [f"of {PEOPLE:,} rows", *COARSER], [(row, *(way[n] for way in found)) for n, row in enumerate(rows)]
    )
    addresses = [f"reader{number}@example.org" for number in range(1_000)]
    stage.table(
        ["1,000 addresses as pseudonyms", *PSEUDONYMS],
        [("found by a list of addresses", *(guessed(way, addresses) for way in PSEUDONYMS))],
    )
    left = [rows_left(statements) for statements in WAYS.values()]
    stage.table(
        ["Ada is deleted", *WAYS],
        [
            ("her bookmarks left", *(rows[0] for rows in left)),
            ("rows that name her", *(rows[1] for rows in left)),
        ],
    )


main()
