"""Two thousand listeners, the last book of each held back: who guesses it, the popular or what others heard too?"""

import os
import random
from math import log2

import psycopg
import stage

LISTENERS, BOOKS, TASTES, SHOWN = 2_000, 300, 10, 10
TABLES = """
    CREATE TABLE listens (listener int, book int, PRIMARY KEY (listener, book));
    CREATE INDEX ON listens (book, listener);
"""
# --8<-- [start:ways]
POPULAR = """
    SELECT book FROM listens GROUP BY book
    HAVING NOT bool_or(listener = %(listener)s) ORDER BY count(*) DESC, book LIMIT %(shown)s
"""
ALSO_HEARD = """
    WITH mine AS (SELECT book FROM listens WHERE listener = %(listener)s),
         sizes AS (SELECT book, count(*) AS heard FROM listens GROUP BY book)
    SELECT other.book
    FROM mine JOIN listens AS peer ON peer.book = mine.book AND peer.listener <> %(listener)s
              JOIN listens AS other ON other.listener = peer.listener
              JOIN sizes AS a ON a.book = mine.book JOIN sizes AS b ON b.book = other.book
    WHERE other.book NOT IN (SELECT book FROM mine)
    GROUP BY other.book ORDER BY sum(1 / sqrt(a.heard * b.heard)) DESC, other.book LIMIT %(shown)s
"""
# --8<-- [end:ways]


def heard(chance: random.Random) -> dict[int, list[int]]:
    """Return what each listener heard, in order: mostly of one taste, some of what everybody hears."""
    shelves = [range(taste, BOOKS, TASTES) for taste in range(TASTES)]
    everything: dict[int, list[int]] = {}
    for listener in range(LISTENERS):
        shelf = shelves[chance.randrange(TASTES)]
        books: dict[int, None] = {}
        while len(books) < 8:
            among = shelf if chance.random() < 0.7 else range(BOOKS)
            books[among[int(len(among) * chance.random() ** 3)]] = None  # few are heard by many
        order = list(books)
        chance.shuffle(order)
        everything[listener] = order
    return everything


# --8<-- [start:ndcg]
def gain(shown: list[int], held_back: int) -> float:
    """Return the normalised discounted cumulative gain of one right answer: 1 in the first place, 0.29 in the tenth."""
    return 1 / log2(shown.index(held_back) + 2) if held_back in shown else 0.0


# --8<-- [end:ndcg]


def told(lists: dict[int, list[int]], held_back: dict[int, int]) -> list[str]:
    """Return nDCG, hits and how much of the catalogue is ever shown."""
    gains = [gain(shown, held_back[listener]) for listener, shown in lists.items()]
    ever = {book for shown in lists.values() for book in shown}
    return [
        f"{sum(gains) / len(gains):.3f}",
        f"{sum(value > 0 for value in gains)} of {len(gains)}",
        f"{len(ever)} of {BOOKS}",
    ]


def main() -> None:
    """Print both tables."""
    chance = random.Random(42)  # noqa: S311 -- made-up listeners, the same each time
    everything = heard(chance)
    held_back = {listener: books[-1] for listener, books in everything.items()}
    asked = range(0, LISTENERS, 4)
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        database.execute(TABLES)
        with database.cursor().copy("COPY listens FROM STDIN") as copy:
            for listener, books in everything.items():
                for book in books[:-1]:
                    copy.write_row((listener, book))
        database.execute("ANALYZE listens")

        def answered(query: str, listener: int) -> list[int]:
            return [book for (book,) in database.execute(query, {"listener": listener, "shown": SHOWN})]

        ways = {
            "at random": {
                n: chance.sample(sorted(set(range(BOOKS)) - set(everything[n][:-1])), SHOWN) for n in asked
            },
            "popular": {n: answered(POPULAR, n) for n in asked},
            "others also heard": {n: answered(ALSO_HEARD, n) for n in asked},
        }
        stranger = [SHOWN, len(answered(POPULAR, -1)), len(answered(ALSO_HEARD, -1))]
    rows = [f"nDCG at {SHOWN}", "held-back book among the ten", "books ever shown"]
    found = [told(lists, held_back) for lists in ways.values()]
    stage.table(
        [f"{len(asked)} listeners, one book held back", *ways],
        [
            *((row, *(column[number] for column in found)) for number, row in enumerate(rows)),
            ("books shown to somebody new", *stranger),
        ],
    )


main()
