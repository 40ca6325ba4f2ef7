"""Two callers at once, statement by statement: what code alone lets happen, and what the database refuses."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Thread

import psycopg
import stage

Steps = Sequence[str]
# The capstone's own constraints, on tables as small as the story: one copy with them, one without.
# --8<-- [start:tables]
LOOSE = """
    DROP SCHEMA IF EXISTS story CASCADE;
    CREATE SCHEMA story;
    CREATE TABLE grants (listener int, audiobook int);
    CREATE TABLE chapters (audiobook int, start_ms int, end_ms int);
    CREATE TABLE people (id int PRIMARY KEY, role text, version int);
    INSERT INTO people VALUES (1, 'curator', 1), (2, 'curator', 1);
    INSERT INTO chapters SELECT 1, n * 1000, n * 1000 + 1000 FROM generate_series(0, 9) n;
"""
STRICT = """
    ALTER TABLE grants ADD CONSTRAINT grant_once UNIQUE (listener, audiobook);
    ALTER TABLE chapters ADD CONSTRAINT chapters_do_not_overlap
        EXCLUDE USING gist (audiobook WITH =, int8range(start_ms, end_ms) WITH &&);
"""
# --8<-- [end:tables]
GRANTED = "SELECT count(*) FROM grants WHERE listener = 7 AND audiobook = 1"
GRANT = "INSERT INTO grants VALUES (7, 1)"
OVERLAPS = (
    "SELECT count(*) FROM chapters WHERE audiobook = 2 AND int8range(start_ms, end_ms) && int8range({}, {})"
)
CHAPTER = "INSERT INTO chapters VALUES (2, {}, {})"


def connected(*, autocommit: bool = False) -> psycopg.Connection:
    """Return a connection that looks for tables in the story's own schema first."""
    return psycopg.connect(
        os.environ["DATABASE_URL"], autocommit=autocommit, options="-c search_path=story,public"
    )


@contextmanager
def two_callers(*, strict: bool, isolation: str = "READ COMMITTED") -> Iterator[list[psycopg.Connection]]:
    """Yield two connections, each in a transaction, on fresh tables."""
    with connected(autocommit=True) as owner:
        owner.execute(LOOSE + (STRICT if strict else ""))
    callers = [connected() for _ in range(2)]
    for caller in callers:
        caller.isolation_level = psycopg.IsolationLevel[isolation.replace(" ", "_")]
    try:
        yield callers
    finally:
        for caller in callers:
            caller.close()


def finish(caller: psycopg.Connection, statement: str, errors: list[str]) -> None:
    """Run a statement and commit; note the SQLSTATE where the database refuses."""
    try:
        caller.execute(statement)
        caller.commit()
    except psycopg.Error as error:
        caller.rollback()
        errors.append(str(error.sqlstate))


def number(statement: str) -> int:
    """Return what a query counts once both are done."""
    with connected() as reader:
        return reader.execute(statement).fetchone()[0]


def check_then_write(
    reads: Steps, writes: Steps, count: str, *, strict: bool, isolation: str = "READ COMMITTED"
):
    """Let both read before either writes, as two requests at once do; return what is counted, and the errors."""
    errors: list[str] = []
    with two_callers(strict=strict, isolation=isolation) as callers:
        for caller, read in zip(callers, reads, strict=True):
            caller.execute(read)
        # --8<-- [start:both]
        first = Thread(target=finish, args=(callers[0], writes[0], errors))
        second = Thread(target=finish, args=(callers[1], writes[1], errors))
        for thread in (first, second):
            thread.start()
            thread.join()
        # --8<-- [end:both]
    return number(count), errors


def locked_in_order(orders: Sequence[Sequence[int]]) -> tuple[int, list[str]]:
    """Let two callers lock two rows each, in these orders; return how many finished, and the errors."""
    errors: list[str] = []
    lock = "SELECT 1 FROM people WHERE id = {} FOR UPDATE"
    with two_callers(strict=True) as callers:
        threads = []
        for caller, order in zip(callers, orders, strict=True):
            if order[0] == orders[0][0] and caller is callers[1]:
                first = None  # it waits for the other one, which is what is meant
            else:
                first = caller.execute(lock.format(order[0]))
            rest = [lock.format(row) for row in (order[1:] if first else order)]
            threads.append(Thread(target=finish, args=(caller, "; ".join(rest), errors)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return 2 - len(errors), errors


def half_done(*, atomic: bool) -> int:
    """Replace ten chapters by three, of which the third is wrong; return how many chapters there are then."""
    with two_callers(strict=True) as (caller, _):
        caller.autocommit = not atomic
        with suppress(psycopg.Error):
            caller.execute("DELETE FROM chapters WHERE audiobook = 1")
            for start, end in ((0, 4000), (4000, 8000), (7000, 9000)):
                caller.execute("INSERT INTO chapters VALUES (1, %s, %s)", [start, end])
            caller.commit()
        caller.rollback()
    return number("SELECT count(*) FROM chapters WHERE audiobook = 1")


def said(errors: Sequence[str]) -> str:
    """Return what the database said, or a dash."""
    return ", ".join(errors) or "–"


def main() -> None:
    """Run each story without and with what the database offers."""
    spans = [(0, 1000), (500, 1500)]
    reads, writes = [OVERLAPS.format(*span) for span in spans], [CHAPTER.format(*span) for span in spans]
    increment, version = (
        "UPDATE people SET version = {} WHERE id = 1",
        "SELECT version - 1 FROM people WHERE id = 1",
    )
    leave = "UPDATE people SET role = 'listener' WHERE id = {}"
    curators = "SELECT count(*) FROM people WHERE role = 'curator'"
    stories: list[tuple[str, Callable[[], tuple[int, list[str]]], Callable[[], tuple[int, list[str]]]]] = [
        (
            "a grant is given twice: rows",
            lambda: check_then_write([GRANTED] * 2, [GRANT] * 2, GRANTED, strict=False),
            lambda: check_then_write([GRANTED] * 2, [GRANT] * 2, GRANTED, strict=True),
        ),
        (
            "two chapters that overlap: rows",
            lambda: check_then_write(
                reads, writes, "SELECT count(*) FROM chapters WHERE audiobook = 2", strict=False
            ),
            lambda: check_then_write(
                reads, writes, "SELECT count(*) FROM chapters WHERE audiobook = 2", strict=True
            ),
        ),
        (
            "both count the version up: counted",
            lambda: check_then_write([version] * 2, [increment.format(2)] * 2, version, strict=True),
            lambda: check_then_write(
                [version] * 2, [increment.format("version + 1")] * 2, version, strict=True
            ),
        ),
        (
            "both of two curators resign: left",
            lambda: check_then_write(
                [curators] * 2, [leave.format(1), leave.format(2)], curators, strict=True
            ),
            lambda: check_then_write(
                [curators] * 2,
                [leave.format(1), leave.format(2)],
                curators,
                strict=True,
                isolation="SERIALIZABLE",
            ),
        ),
        (
            "ten chapters replaced, and it fails: left",
            lambda: (half_done(atomic=False), []),
            lambda: (half_done(atomic=True), []),
        ),
        (
            "two rows locked by both: callers done",
            lambda: locked_in_order([(1, 2), (2, 1)]),
            lambda: locked_in_order([(1, 2), (1, 2)]),
        ),
    ]
    rows = []
    for story, loose, strict in stories:
        (before, error_before), (after, error_after) = loose(), strict()
        rows.append((story, before, after, said(error_before), said(error_after)))
    stage.table(["two callers at once", "without", "with", "refused", "refused with"], rows)


main()
