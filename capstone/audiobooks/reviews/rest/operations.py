"""How operations about reviews describe themselves in the OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from audiobooks.accounts.permissions import IsStaff
from audiobooks.catalog.rest.operations import IF_MATCH

ONLY_STAFF = {"403": IsStaff.message}
UNKNOWN = "`review-unknown`: it does not exist, or you may not see it"
OWN = {"403": "`own-review`.", "404": f"{UNKNOWN}; or `account-gone`."}


def operation(
    method: str,
    operation_id: str,
    summary: str,
    *,
    request: Any = None,
    responses: Any,
    header: OpenApiParameter | None = None,
    problems: Mapping[str, str] = {},
    tag: str = "reviews",
) -> Any:
    """Name and describe one method of a view; ``problems`` is what it refuses besides what every operation does."""
    described = extend_schema(
        tags=[tag],
        operation_id=operation_id,
        summary=summary,
        request=request,
        responses=responses,
        parameters=[header] if header else [],
        filters=False,
        extensions={"x-problems": dict(problems)},
    )
    return extend_schema_view(**{method: described})


def listing(operation_id: str, summary: str, description: str, *, for_staff: bool = False) -> Any:
    """Name and describe a list."""
    described = extend_schema(
        tags=["moderation" if for_staff else "reviews"],
        operation_id=operation_id,
        summary=summary,
        description=f"{description} One page; follow `next` for more.",
        extensions={"x-problems": ONLY_STAFF if for_staff else {}},
    )
    return extend_schema_view(get=described)


def decides(operation_id: str, summary: str, request: Any, response: Any, conflict: str) -> Any:
    """Name and describe a decision of staff."""
    return operation(
        "post",
        operation_id,
        summary,
        request=request,
        responses=response,
        header=IF_MATCH,
        problems=ONLY_STAFF | {"409": f"`{conflict}`."},
        tag="moderation",
    )
