"""How the catalogue's operations describe themselves in the OpenAPI document."""

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from audiobooks.accounts.permissions import IsCurator
from audiobooks.catalog.rest import shapes

ONLY_CURATORS = {"403": IsCurator.message}
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of the version you have: 304 where it is still that.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the version you have seen.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="Your own word for this request, such as a UUID: sent again with it, the request has no second effect.",
)


def reads(operation_id: str, summary: str, *, moves: bool = False) -> Callable[[type[Any]], type[Any]]:
    """
    Name and describe a view's GET in the OpenAPI document. It answers an ETag, and 304.

    ``moves``: it may be merged into another, and redirects there.
    """
    a_page = "One page. Follow `next`, or the Link header, until there is none; what is added meanwhile moves nothing."
    one_thing = "404 where it does not exist, and where the caller may not know that it does."
    description = a_page if operation_id.endswith("_list") else one_thing
    return extend_schema_view(
        get=extend_schema(
            tags=["catalog"],
            operation_id=operation_id,
            summary=summary,
            description=description,
            parameters=[IF_NONE_MATCH],
            extensions={"x-moves": True} if moves else {},
        )
    )


def changes(
    method: str,
    operation_id: str,
    summary: str,
    request: Any,
    response: Any,
    *,
    header: OpenApiParameter = IF_MATCH,
    problems: Mapping[str, str] = {},
) -> Any:
    """
    Name and describe a change in the OpenAPI document; with the header of a creation, a creation.

    ``problems`` is what it refuses besides what every change does, {status: meaning}.
    """
    creates = header is IDEMPOTENCY_KEY
    description = "For curators." if creates else "For curators. The answer carries the new ETag."
    described = extend_schema(
        tags=["curating"],
        operation_id=operation_id,
        summary=summary,
        description=description,
        request=request,
        responses={201 if creates else 200: response},
        parameters=[header],
        filters=False,
        extensions={"x-problems": ONLY_CURATORS | dict(problems)},
    )
    return extend_schema_view(**{method: described})


def transition(verb: str, summary: str) -> Any:
    """Name and describe a change of status in the OpenAPI document."""
    problems = {
        "409": "`wrong-status`: its status does not allow that, and `detail` names what it does; or `no-audio`."
    }
    return changes("post", f"audiobooks_{verb}", summary, None, shapes.AudiobookOut, problems=problems)
