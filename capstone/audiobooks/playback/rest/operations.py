"""How playback's operations describe themselves in the OpenAPI document, and how they read whole numbers in a query."""

import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.request import Request

from lab_rest.exceptions import invalid_query
from lab_rest.field_errors import FieldError

NO_GRANT = {"403": "`grant-required`: you may see it, but not hear it."}
GONE = {"404": "`account-gone`: the account was closed since the token was issued."}


def operation(
    method: str,
    operation_id: str,
    summary: str,
    *,
    request: Any = None,
    response: Any,
    status: int = 200,
    parameters: list[OpenApiParameter] | None = None,
    problems: Mapping[str, str] = {},
) -> Any:
    """Name and describe one method of a view; ``problems`` is what it refuses besides what every operation does."""
    described = extend_schema(
        tags=["listening"],
        operation_id=operation_id,
        summary=summary,
        request=request,
        responses={status: response},
        parameters=parameters or [],
        filters=False,
        extensions={"x-problems": dict(problems)},
    )
    return extend_schema_view(**{method: described})


def listing(operation_id: str, summary: str, description: str) -> Any:
    """Name and describe a list of one's own."""
    return extend_schema_view(
        get=extend_schema(
            tags=["listening"],
            operation_id=operation_id,
            summary=summary,
            description=f"{description} One page; follow `next` for more.",
        )
    )


def number_parameter(name: str, description: str, *, default: int, least: int, most: int) -> OpenApiParameter:
    """Describe a whole number in the query."""
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description)


def numbers_in(request: Request, parameters: list[OpenApiParameter]) -> dict[str, int]:
    """Return the values of declared whole numbers. Raises a 400 ``Problem`` for any other parameter or value."""
    known: dict[str, Any] = {parameter.name: parameter.type for parameter in parameters}
    errors: list[FieldError] = []
    found: dict[str, int] = {}
    for name in request.query_params:
        if name not in known:
            detail = f"Unknown parameter. Known: {', '.join(known)}."
            errors.append(FieldError(parameter=name, code="unknown", detail=detail))
    for name, schema in known.items():
        given = request.query_params.getlist(name) or [str(schema["default"])]
        value = int(given[0]) if re.fullmatch("[0-9]{1,16}", given[0]) else -1
        found[name] = value
        if len(given) > 1:
            detail = f"Given {len(given)} times; once is allowed."
            errors.append(FieldError(parameter=name, code="repeated", detail=detail))
        elif not schema["minimum"] <= value <= schema["maximum"]:
            asked = f"Must be a whole number from {schema['minimum']} to {schema['maximum']}."
            errors.append(FieldError(parameter=name, code="out_of_range", detail=asked))
    if errors:
        raise invalid_query(errors)
    return found
