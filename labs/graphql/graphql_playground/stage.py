"""Sets the stage: a database of its own, its tables, 400 films and who made them, always the same."""

import os
import sys

import django
import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import Error, connection, transaction
from psycopg import sql

STUDIOS, PEOPLE, FILMS, REVIEWS = 12, 120, 400, 1_600

FILL = f"""
TRUNCATE graphql_playground_review, graphql_playground_film_cast, graphql_playground_film,
         graphql_playground_person, graphql_playground_studio RESTART IDENTITY;

INSERT INTO graphql_playground_studio (name, country)
SELECT 'Studio ' || n, substr('FRITJPINUSBR', n % 6 * 2 + 1, 2) FROM generate_series(1, {STUDIOS}) AS n;

INSERT INTO graphql_playground_person (name) SELECT 'Person ' || n FROM generate_series(1, {PEOPLE}) AS n;

INSERT INTO graphql_playground_film (title, year, studio_id, director_id)
SELECT 'Film ' || n, 1950 + n * 7 % 75, n % {STUDIOS} + 1, n % 40 + 1 FROM generate_series(1, {FILMS}) AS n;

INSERT INTO graphql_playground_film_cast (film_id, person_id)
SELECT n, (n * 3 + place * 37) % {PEOPLE} + 1 FROM generate_series(1, {FILMS}) AS n, generate_series(0, 2) AS place;

INSERT INTO graphql_playground_review (film_id, stars, text)
SELECT n % {FILMS} + 1, (n * 7 + n / {FILMS}) % 5 + 1, 'Review ' || n FROM generate_series(1, {REVIEWS}) AS n;

ANALYZE graphql_playground_film, graphql_playground_film_cast, graphql_playground_person, graphql_playground_review;
"""  # noqa: S608 -- constants


def open_stage() -> None:
    """Start Django on the prepared database; where there is none to be had, end the program saying why."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "graphql_playground.settings")
    try:
        django.setup()
        prepare()
    except ImproperlyConfigured as exc:
        sys.exit(str(exc))
    except (psycopg.Error, Error) as exc:
        sys.exit(f"PostgreSQL at DATABASE_URL refused: {exc}")


def prepare() -> None:
    """Make what is missing, and put the films back as they are known; safe to call at any time."""
    name = str(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(settings.SERVER_URL, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])  # of two starts at once, one waits
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        call_command("migrate", verbosity=0)
        fill()


@transaction.atomic
def fill() -> None:
    """Replace everything by the known films. Takes some 50 ms."""
    with connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            cursor.execute(statement)
