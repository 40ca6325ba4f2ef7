"""Sets the stage: a database of its own, its tables, 60 stations and 60,000 readings, always the same."""

import os
import sys

import django
import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import Error, connection, transaction
from psycopg import sql

STATIONS = 60
READINGS = 60_000

KNOWN = f"""
SELECT n + 1 AS id,
       'S' || to_char(n % {STATIONS} + 1, 'FM00') COLLATE "C" AS station_id,
       timestamptz '2025-01-01 00:00Z' + n / {STATIONS} * interval '1 hour' AS recorded_at,
       CASE WHEN n % 97 = 0 THEN NULL ELSE (n * 7919 % 400 - 100) / 10.0 END AS temperature_c,
       n * 31 % 120 AS wind_kmh,
       n % 3 = 0 AS is_verified
FROM generate_series(0, {READINGS} - 1) AS n
"""  # noqa: S608 -- constants

FILL = f"""
TRUNCATE rest_playground_reading, rest_playground_station, lab_rest_idempotencyrecord RESTART IDENTITY;

INSERT INTO rest_playground_station (code, name)
SELECT 'S' || to_char(n, 'FM00'), 'Station ' || n FROM generate_series(1, {STATIONS}) AS n;

INSERT INTO rest_playground_reading (id, station_id, recorded_at, temperature_c, wind_kmh, is_verified)
{KNOWN} ORDER BY id;

SELECT setval(pg_get_serial_sequence('rest_playground_reading', 'id'), {READINGS});

ANALYZE rest_playground_reading, rest_playground_station;
"""  # noqa: S608 -- constants

IS_FILLED = f"""
SELECT (SELECT count(*) FROM rest_playground_reading) = {READINGS} AND NOT EXISTS (
    {KNOWN}
    EXCEPT
    SELECT id, station_id, recorded_at, temperature_c, wind_kmh, is_verified FROM rest_playground_reading
)
"""  # noqa: S608 -- constants


def open_stage() -> None:
    """Start Django on the prepared database; where there is none to be had, end the program saying why."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rest_playground.settings")
    try:
        django.setup()
        prepare()
    except ImproperlyConfigured as exc:
        sys.exit(str(exc))
    except (psycopg.Error, Error) as exc:
        sys.exit(f"PostgreSQL at DATABASE_URL refused: {exc}")


def prepare() -> None:
    """Make what is missing and put back what was changed; safe to call at any time."""
    name = str(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(settings.SERVER_URL, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])  # of two starts at once, one waits
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        call_command("migrate", verbosity=0)
        if not is_filled():
            fill()


def is_filled() -> bool:
    """Tell whether the readings are the 60,000 that ``fill`` writes, in every column."""
    with connection.cursor() as cursor:
        cursor.execute(IS_FILLED)
        return bool(cursor.fetchone()[0])


@transaction.atomic
def fill() -> None:
    """Replace all stations and readings by the known ones, and forget every idempotency key."""
    with connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            cursor.execute(statement)
