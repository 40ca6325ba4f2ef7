"""What search asks of PostgreSQL: the functions of migration 0002, as expressions."""

from typing import Any

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, F, Func, IntegerField, TextField, Value

ONCE = "(SELECT %(function)s(%(expressions)s))"  # for a statement, not for each row that it looks at


def folded(asked: str) -> Func:
    """Return what was asked, as documents have it."""
    return Func(Value(asked), function="search_fold", template=ONCE, output_field=TextField())


def query(kind: str, asked: str) -> Func:
    """Return a tsquery: ``all``, ``essential``, ``nearly`` or ``any`` of the words."""
    return Func(Value(asked), function=f"search_{kind}", template=ONCE, output_field=SearchQueryField())


def matches(column: str, asked_for: Func) -> Func:
    """Return the condition that a column of lexemes has what a query asks for."""
    return Func(
        F(column), asked_for, template="%(expressions)s", arg_joiner=" @@ ", output_field=BooleanField()
    )


def whole_number(function: str, *columns: str, asked: str, more: tuple[Any, ...] = ()) -> Func:
    """Return a score."""
    return Func(
        *(F(column) for column in columns),
        folded(asked),
        *more,
        function=function,
        output_field=IntegerField(),
    )
