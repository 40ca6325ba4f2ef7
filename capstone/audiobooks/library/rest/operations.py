"""How the library's operations describe themselves in the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.permissions import IsAuthenticated

from lab_rest.pagination import KeysetPagination

GONE = {"404": "It does not exist, or you may not see it; or `account-gone`."}


class OwnList(generics.ListAPIView[Any]):
    """A list of one's own, one keyset page at a time."""

    permission_classes = (IsAuthenticated,)
    pagination_class = KeysetPagination
    model: ClassVar[Any]

    def get_queryset(self) -> Any:
        """Return the caller's."""
        return self.model.objects.none() if getattr(self, "swagger_fake_view", False) else self.own()

    def own(self) -> Any:
        """Return the caller's; the subclass says how."""
        raise NotImplementedError


def lists(operation_id: str, summary: str, description: str) -> Any:
    """Name and describe a list of one's own."""
    return extend_schema_view(
        get=extend_schema(
            tags=["library"],
            operation_id=operation_id,
            summary=summary,
            description=f"{description} One page; follow `next` for more.",
        )
    )


def puts(
    method: str,
    operation_id: str,
    summary: str,
    request: Any,
    response: Any,
    *,
    problems: Mapping[str, str] = {},
) -> Any:
    """Name and describe what makes a thing or changes it: sent twice, it is done once."""
    described = extend_schema(
        tags=["library"],
        operation_id=operation_id,
        summary=summary,
        request=request,
        responses={
            200: OpenApiResponse(response, description="As it was there already, or as it now is."),
            201: OpenApiResponse(response, description="It is new."),
        },
        filters=False,
        extensions={"x-problems": GONE | dict(problems)},
    )
    return extend_schema_view(**{method: described})


def deletes(operation_id: str, summary: str, unknown: str) -> Any:
    """Name and describe what takes a thing away; ``unknown`` is the problem where it is not there."""
    described = extend_schema(
        tags=["library"],
        operation_id=operation_id,
        summary=summary,
        request=None,
        responses={204: OpenApiResponse(description="It is gone; your other devices are told.")},
        extensions={"x-problems": {"404": f"`{unknown}`: not among yours; or `account-gone`."}},
    )
    return extend_schema_view(delete=described)
