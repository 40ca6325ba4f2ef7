"""The column type that coverage is kept in."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from audiobooks.playback.ranges import Range, Ranges, union


class MillisecondsField(models.Field[Any, Ranges]):
    """``int4multirange`` (PostgreSQL 14) as normal ranges: 24 days and 20 hours of milliseconds at most."""

    description = "A set of milliseconds"

    def db_type(self, connection: object) -> str:
        """Return the column's type."""
        return "int4multirange"

    def get_placeholder(self, value: object, compiler: object, connection: object) -> str:
        """Say which type the parameter has: the server cannot guess it."""
        return "%s::int4multirange"

    def get_prep_value(self, value: Iterable[Range]) -> str:
        """Return the literal that PostgreSQL reads."""
        return multirange(value)

    def from_db_value(self, value: Any, expression: object, connection: object) -> Ranges:
        """Return what psycopg read, as ranges."""
        return ranges_in(value)


def multirange(ranges: Iterable[Range]) -> str:
    """Return the literal that PostgreSQL reads."""
    return "{" + ",".join(f"[{start},{end})" for start, end in ranges) + "}"


def ranges_in(value: Iterable[Any]) -> Ranges:
    """Return what psycopg read of a multirange, as ranges."""
    return union([(one.lower, one.upper) for one in value])
