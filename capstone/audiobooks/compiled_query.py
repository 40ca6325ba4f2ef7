"""SQL that the ORM has written once: for hot reads, where writing it costs more than running it."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet


class CompiledQuery:
    """
    A queryset's SQL, to be run with other values in the place of those it was made with.

    ``stand_ins`` are the values to replace, by name; each must be in the queryset and be like no other value there. What
    shapes the SQL itself (LIMIT, the number of conditions, NULL) is fixed: another shape is another ``CompiledQuery``.
    The statement is one text, so psycopg prepares it when a connection has run it five times.
    """

    def __init__(self, queryset: QuerySet[Any, Any], **stand_ins: Any) -> None:
        self.sql, params = queryset.query.sql_with_params()
        names = {value: name for name, value in stand_ins.items()}
        # An int goes out as the type of its column, not of its size: another type is another prepared statement.
        self.params = [
            (names.get(param), type(param) if isinstance(param, int) else None, param) for param in params
        ]
        if missing := set(stand_ins) - {name for name, _, _ in self.params}:
            raise ValueError(f"not among the parameters of the query: {', '.join(sorted(missing))}")

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Run it and return its rows, as ``values_list`` would. 1 query."""
        params = [
            param if name is None else cast(values[name]) if cast else values[name]
            for name, cast, param in self.params
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
