"""Sets the stage: a database of its own, its tables, and 40 books, always the same; a cache that is reached by a proxy."""

import os
import sys

import django
import psycopg
import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import Error, connection, transaction
from psycopg import sql

BOOKS = 40

FILL = f"""
TRUNCATE caching_playground_book, caching_playground_author, caching_playground_shelf, caching_playground_notice,
         caching_playground_book_shelves RESTART IDENTITY;

INSERT INTO caching_playground_author (name) SELECT 'Author ' || n FROM generate_series(1, 8) AS n;

INSERT INTO caching_playground_shelf (name_en, name_de)
VALUES ('Novels', 'Romane'), ('Travel', 'Reisen'), ('Cooking', 'Kochen'), ('Children', 'Kinder');

INSERT INTO caching_playground_book (title, isbn, author_id, price_cents, sold)
SELECT 'Book ' || n, 'ISBN' || n, n % 8 + 1, 500 + n * 37 % 2000, 1000 - n FROM generate_series(1, {BOOKS}) AS n;

INSERT INTO caching_playground_book_shelves (book_id, shelf_id)
SELECT n, n % 4 + 1 FROM generate_series(1, {BOOKS}) AS n;

INSERT INTO caching_playground_notice (text) VALUES ('old');
"""  # noqa: S608 -- constants


def open_stage() -> None:
    """Start Django on the prepared database; where there is none to be had, end the program saying why."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caching_playground.settings")
    try:
        django.setup()
        prepare()
    except ImproperlyConfigured as exc:
        sys.exit(str(exc))
    except (psycopg.Error, Error) as exc:
        sys.exit(f"PostgreSQL at DATABASE_URL refused: {exc}")


def prepare() -> None:
    """Make what is missing, and put back what was changed; safe to call at any time."""
    name = str(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(settings.SERVER_URL, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])  # of two starts at once, one waits
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        call_command("migrate", verbosity=0)
        fill()
    forget()


def forget() -> None:
    """Empty the cache of what is ours."""
    server = redis.Redis.from_url(settings.REDIS_URL)
    for key in server.scan_iter("playground:*", 1000):
        server.delete(key)
    server.close()


@transaction.atomic
def fill() -> None:
    """Replace everything by the known books."""
    with connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            cursor.execute(statement)
