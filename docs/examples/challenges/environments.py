"""The same statements in SQLite and in PostgreSQL, and the same instant on three machines: what a difference hides."""

import os
import sqlite3
import subprocess
import sys

import psycopg
import stage

TABLES = """
    CREATE TABLE authors (id int PRIMARY KEY, born smallint, language varchar(2));
    CREATE TABLE books (title text, author int REFERENCES authors);
    INSERT INTO authors VALUES (1, 1775, 'en');
    INSERT INTO books VALUES ('Emma', 1), ('emma', 1), ('Zoo', 1), ('Émile', 1);
"""
# --8<-- [start:statements]
STATEMENTS = {
    "a word for a number": "INSERT INTO authors VALUES (2, 'soon', 'en')",
    "a year that does not fit": "INSERT INTO authors VALUES (3, 99999, 'en')",
    "three letters in two": "INSERT INTO authors VALUES (4, 1800, 'eng')",
    "a book of nobody": "INSERT INTO books VALUES ('Lost', 99)",
    "LIKE 'emma'": "SELECT title FROM books WHERE title LIKE 'emma'",
    "title without GROUP BY": "SELECT author, title FROM books GROUP BY author",
    "1 / 0": "SELECT 1 / 0",
    "FOR UPDATE": "SELECT title FROM books WHERE title = 'Emma' FOR UPDATE",
}
# --8<-- [end:statements]
ZONES = ("UTC", "Africa/Nairobi", "America/New_York")


def in_sqlite(statement: str) -> str:
    """Return what SQLite says, with its settings as they come."""
    database = sqlite3.connect(":memory:")
    database.executescript(TABLES)
    try:
        cursor = database.execute(statement)
        return said(cursor.description is not None, len(cursor.fetchall()))
    except sqlite3.Error:
        return "refused"
    finally:
        database.close()


def in_postgresql(statement: str) -> str:
    """Return what PostgreSQL says: rows, or the SQLSTATE."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        database.execute("CREATE SCHEMA story; SET LOCAL search_path TO story")
        database.execute(TABLES)
        try:
            cursor = database.execute(statement)
            return said(cursor.description is not None, cursor.rowcount)
        except psycopg.Error as error:
            return f"refused, {error.sqlstate}"
        finally:
            database.rollback()


def said(is_query: bool, rows: int) -> str:
    """Return how a statement went."""
    return f"rows: {rows}" if is_query else "accepted"


def written(code: str) -> int:
    """Let three machines in three zones write down the same instant; return how many different texts they write."""
    texts = {
        subprocess.run(
            [sys.executable, "-c", f"from datetime import *; {code}"],
            env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True,
        ).stdout
        for zone in ZONES
    }  # fmt: skip
    return len(texts)


def main() -> None:
    """Print both tables."""
    stage.table(
        ["the same statement", "SQLite, on the laptop", "PostgreSQL, in production"],
        [(name, in_sqlite(statement), in_postgresql(statement)) for name, statement in STATEMENTS.items()],
    )
    stage.table(
        ["one instant, three machines", "fromtimestamp(t)", "fromtimestamp(t, UTC)"],
        [
            (
                "different texts written",
                written("print(datetime.fromtimestamp(1_764_115_200))"),
                written("print(datetime.fromtimestamp(1_764_115_200, UTC))"),
            )
        ],
    )


main()
