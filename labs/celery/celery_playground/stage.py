"""Sets the stage: a database of its own, its tables, and nothing in them."""

import os
import sys

import django
import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import Error, connection
from psycopg import sql

CLEAR = """
TRUNCATE celery_playground_order, celery_playground_charge, celery_playground_run, celery_playground_timed,
         lab_celery_outboxrow, lab_celery_receipt, lab_celery_deadletter, lab_celery_progress, lab_celery_tick
"""


def open_stage() -> None:
    """Start Django on the prepared database; where there is none to be had, end the program saying why."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "celery_playground.settings")
    try:
        django.setup()
        prepare()
    except ImproperlyConfigured as exc:
        sys.exit(str(exc))
    except (psycopg.Error, Error) as exc:
        sys.exit(f"PostgreSQL at DATABASE_URL refused: {exc}")


def prepare() -> None:
    """Make what is missing; safe to call at any time."""
    name = str(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(settings.SERVER_URL, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])  # of two starts at once, one waits
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        call_command("migrate", verbosity=0)


def clear() -> None:
    """Forget every order and event."""
    with connection.cursor() as cursor:
        cursor.execute(CLEAR)
