"""What is one value in the graph: dates, instants, whole numbers, decimals, enumerations."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from ariadne import EnumType, ScalarType
from django.utils.dateparse import parse_date, parse_datetime
from graphql import GraphQLError

LARGEST = 2**53
Parsed = TypeVar("Parsed")

day = ScalarType("Date")
instant = ScalarType("DateTime")
whole_number = ScalarType("SafeInt")
decimal = ScalarType("Decimal")


@day.serializer
def written_day(value: date) -> str:
    """Return a date as ISO 8601."""
    return value.isoformat()


@day.value_parser
def read_day(value: Any) -> date:
    """Return the date of a text. Raises ``GraphQLError``."""
    found = parsed(parse_date, value)
    if found is None:
        raise GraphQLError("Send a date such as 2026-01-02.")
    return found


@instant.serializer
def written_instant(value: datetime) -> str:
    """Return an instant as REST writes it: in UTC, ending in Z."""
    return value.isoformat().replace("+00:00", "Z")


@instant.value_parser
def read_instant(value: Any) -> str:
    """Return the text of an instant, which the input's serializer reads. Raises ``GraphQLError``."""
    found = parsed(parse_datetime, value)
    if found is None or found.tzinfo is None:
        raise GraphQLError("Send an instant with its offset, such as 2026-01-02T09:00:00Z.")
    return str(value)


@whole_number.serializer
def written_number(value: Any) -> int:
    """Return a whole number."""
    return int(value)


@whole_number.value_parser
def read_number(value: Any) -> int:
    """Return a whole number that JavaScript holds. Raises ``GraphQLError``."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        raise GraphQLError("Send a whole number, up to 2^53.")
    return value


@decimal.serializer
def written_decimal(value: Decimal) -> str:
    """Return a decimal as text, without zeros at its end: 2.000 is "2"."""
    return format(value.normalize(), "f")


def parsed(parse: Callable[[str], Parsed | None], value: Any) -> Parsed | None:
    """Return what ``parse`` makes of a text; None where it is none, and where no such day exists."""
    try:
        return parse(value) if isinstance(value, str) else None
    except ValueError:
        return None


def enumeration(name: str, values: Iterable[str]) -> EnumType:
    """Return an enumeration whose values are the domain's words: IN_PROGRESS for ``in_progress``."""
    return EnumType(name, {value.upper(): value for value in map(str, values)})
