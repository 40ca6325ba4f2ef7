"""SQL that the ORM has written once: for hot reads, where writing it costs more than running it."""

import re
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from psycopg import sql

PLACEHOLDER = re.compile(r"(?<!%)%s")


class CompiledQuery:
    """
    A queryset's SQL, to be run with other values in the place of those it was made with.

    ``stand_ins`` are the values to replace, by name; each must be in the queryset and be like no other value there. What
    shapes the SQL itself (LIMIT, the number of conditions, NULL) is fixed: another shape is another ``CompiledQuery``.
    The statement is one text, so psycopg prepares it when a connection has run it five times. ``within`` makes of the
    queryset's SQL that of a greater statement.

    All other values are written into the text. PostgreSQL then knows them when it plans, and one plan is as good as the
    next: it keeps one, and does not plan anew for each run.
    """

    def __init__(
        self, queryset: QuerySet[Any, Any], *, within: Callable[[str], str] = str, **stand_ins: Any
    ) -> None:
        text, params = queryset.query.sql_with_params()
        names = {value: name for name, value in stand_ins.items()}
        if missing := set(stand_ins) - {names.get(param) for param in params}:
            raise ValueError(f"not among the parameters of the query: {', '.join(sorted(missing))}")
        first, *others = PLACEHOLDER.split(text)
        places = ["%s" if param in names else literal(param) for param in params]
        self.sql = within(
            first + "".join(place + following for place, following in zip(places, others, strict=True))
        )
        # An int goes out as the type of its column, not of its size: another type is another prepared statement.
        self.params = [
            (names[param], type(param) if isinstance(param, int) else None)
            for param in params
            if param in names
        ]

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Run it and return its rows, as ``values_list`` would. 1 query."""
        params = [cast(values[name]) if cast else values[name] for name, cast in self.params]
        here = connections[DEFAULT_DB_ALIAS]
        # --8<-- [start:execute]
        if here.in_atomic_block or here.queries_logged or here.execute_wrappers:
            with here.cursor() as cursor:
                cursor.execute(self.sql, params)
                return list(cursor.fetchall())
        # Django's cursor minds transactions and whoever watches. Here is neither, and half of its time is spared.
        here.close_if_health_check_failed()
        here.ensure_connection()
        with here.wrap_database_errors:
            return list(here.connection.execute(self.sql, params).fetchall())
        # --8<-- [end:execute]


def literal(value: Any) -> str:
    """Return a value as SQL, within a text in which ``%s`` is a parameter."""
    return sql.Literal(value).as_string().replace("%", "%%")
