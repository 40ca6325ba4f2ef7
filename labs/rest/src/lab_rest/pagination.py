"""Keyset pages: one query each, at any depth, stable while rows come and go."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, NoReturn
from urllib.parse import urlencode

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.utils.encoding import escape_uri_path
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lab_rest.cursors import Place, read_cursor, scope_of, write_cursor
from lab_rest.exceptions import invalid_query
from lab_rest.field_errors import FieldError
from lab_rest.keyset import Column, columns_of, page_of

SHOWN = 40  # characters of a wrong value that an error repeats


class KeysetPagination(BasePagination):
    """
    Page a queryset by ``?cursor=&limit=&ordering=&count=``.

    The view declares what its rows may be ordered by; each ordering ends in a unique column::

        orderings = {"newest": ("-recorded_at", "-id"), "warmest": ("-temperature_c", "id")}
        default_ordering = "newest"

    Columns are names of fields (``station__name``, ``station_id``) or of annotations. Rows may be model
    instances or ``.values()`` dictionaries. A page costs one query; ``count`` costs one more, so the links
    leave it out. A wrong parameter raises a 400 ``Problem``. A cursor shows its row's values in the ordering's
    columns to whoever decodes it: order by nothing that the caller may not see.
    """

    default_limit = 25
    max_limit = 100
    cursor_max_age: timedelta | None = timedelta(days=7)
    query_parameters = ("cursor", "limit", "ordering", "count")

    request: Request
    asked: Sequence[tuple[str, Sequence[str]]] | None = None  # its parameters, where the view has read them
    next_link: str | None = None
    previous_link: str | None = None
    count: int | None = None

    def paginate_queryset(  # type: ignore[override]  # a list has no index to start from
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        """Return the rows of the page that ``request`` asks for."""
        self.request = request
        ordering, columns = self._ordering(queryset, view)
        filters = sorted(
            item for item in request.query_params.lists() if item[0] not in self.query_parameters
        )
        scope = scope_of(request.path, filters, [str(column) for column in columns])
        limit, cursor = self._limit(), self._parameter("cursor")
        place = None
        if cursor is not None:
            place = read_cursor(cursor, ordering=ordering, scope=scope, max_age=self.cursor_max_age)
        self.count = self._count(queryset)

        rows, following, preceding = page_of(queryset, columns, place, limit)
        self.link(following, preceding, ordering=ordering, scope=scope)
        return rows

    def link(self, following: Place | None, preceding: Place | None, *, ordering: str, scope: str) -> None:
        """Set the links to the neighbouring pages of ``request``."""
        asked = self.request.query_params.lists() if self.asked is None else self.asked
        kept = tuple((name, *values) for name, values in sorted(asked) if name not in ("count", "cursor"))
        before, after = _around(self.request.scheme, self.request.get_host(), self.request.path, kept)

        def link_to(place: Place) -> str:  # a cursor is safe in an address as it is
            return f"{before}cursor={write_cursor(place, ordering=ordering, scope=scope)}{after}"

        self.next_link = link_to(following) if following else None
        self.previous_link = link_to(preceding) if preceding else None

    def get_paginated_response(self, data: Any) -> Response:
        """Answer ``{"results", "next", "previous"}`` with a Link header; ``count`` where it was asked for."""
        body = {"results": data, "next": self.next_link, "previous": self.previous_link}
        if self.count is not None:
            body["count"] = self.count
        return Response(body, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        """The Link header (RFC 8288) to the neighbouring pages, as far as there are any."""
        # --8<-- [start:link-header]
        links = {"next": self.next_link, "prev": self.previous_link}
        header = ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items() if url)
        return {"Link": header} if header else {}
        # --8<-- [end:link-header]

    def _parameter(self, name: str) -> str | None:
        values = self.request.query_params.getlist(name)
        if len(values) > 1:
            _refuse(name, "repeated", f"Given {len(values)} times; once is allowed.")
        return values[0] if values else None

    def _limit(self) -> int:
        text = self._parameter("limit")
        if text is None:
            return self.default_limit
        asked = int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
        if not 1 <= asked <= self.max_limit:
            allowed = f"a whole number from 1 to {self.max_limit}"
            _refuse("limit", "out_of_range", f"Must be {allowed}, not '{text[:SHOWN]}'.")
        return asked

    def _ordering(self, queryset: QuerySet[Any], view: APIView | None) -> tuple[str, tuple[Column, ...]]:
        orderings = getattr(view, "orderings", {})
        default = getattr(view, "default_ordering", "")
        if default not in orderings:
            raise ImproperlyConfigured(
                f"{type(view).__name__}.default_ordering must be one of its orderings."
            )
        name = self._parameter("ordering")
        name = default if name is None else name
        if name not in orderings:
            known = ", ".join(orderings)
            _refuse("ordering", "unknown", f"Unknown: '{name[:SHOWN]}'. Known: {known}.")
        return name, columns_of(queryset, orderings[name])

    def _count(self, queryset: QuerySet[Any]) -> int | None:
        asked = self._parameter("count")
        if asked not in (None, "exact", "estimate"):
            _refuse("count", "unknown", f"Must be exact or estimate, not '{asked[:SHOWN]}'.")
        if asked is None:
            return None
        return queryset.count() if asked == "exact" else estimated_count(queryset)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Describe the query parameters for OpenAPI."""
        limit = {"type": "integer", "minimum": 1, "maximum": self.max_limit, "default": self.default_limit}
        ordering = {"type": "string", "enum": list(getattr(view, "orderings", {}))}
        described: dict[str, tuple[dict[str, Any], str]] = {
            "cursor": ({"type": "string"}, "A place in the list, taken from `next` or `previous`. Opaque."),
            "limit": (limit, f"How many results at most. More than {self.max_limit} is an error."),
            "ordering": (
                ordering | {"default": getattr(view, "default_ordering", "")},
                "The order of the results. A cursor keeps to the order it was made for.",
            ),
            "count": (
                {"type": "string", "enum": ["exact", "estimate"]},
                "Adds `count`: `exact` reads every row, `estimate` asks the query planner.",
            ),
        }
        return [
            {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
            for name, (schema, description) in described.items()
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the answer for OpenAPI 3.1, where null is a type."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": link | {"description": "The next page; null on the last.", "example": None},
                "previous": link | {"description": "The previous page; null on the first.", "example": None},
                "count": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Only when `count` was asked for.",
                    "example": 1,
                },
            },
        }


@lru_cache(maxsize=256)
def _around(scheme: str, host: str, path: str, kept: tuple[tuple[str, ...], ...]) -> tuple[str, str]:
    """Return what stands before and after a cursor in a link: the address, and its other parameters by name."""
    texts = [(name, urlencode([(name, value) for value in values])) for name, *values in kept]
    before = "".join(f"{text}&" for name, text in texts if name < "cursor")
    after = "".join(f"&{text}" for name, text in texts if name > "cursor")
    return f"{scheme}://{host}{escape_uri_path(path)}?{before}", after


def estimated_count(queryset: QuerySet[Any]) -> int:
    """Return the query planner's guess at the number of rows. 1 query, which reads none of them."""
    plan = queryset.order_by().explain(format="json")
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0


def _refuse(parameter: str, code: str, detail: str) -> NoReturn:
    raise invalid_query([FieldError(parameter=parameter, code=code, detail=detail)])
