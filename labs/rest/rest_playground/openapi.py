"""What the OpenAPI document cannot read off the views: how to send a token, and step 5's headers and refusals."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

REFUSALS = {
    400: "A value, a member or a header is wrong.",
    401: "No token, or a wrong one; no such name and password.",
    403: "The token is a visitor's.",
    404: "There is no such reading.",
    409: "The first request with this key is still running.",
    412: "The reading has changed since you read it.",
    422: "The key was used for another request.",
    428: "If-Match is missing.",
}


class WrongValueSerializer(serializers.Serializer[Any]):
    """Which value is wrong: of the body by its JSON Pointer, of the query by its parameter."""

    pointer = serializers.CharField(required=False)
    parameter = serializers.CharField(required=False)
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    request_id = serializers.CharField()
    errors = WrongValueSerializer(many=True, required=False)  # type: ignore[assignment]  # a field here


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Swagger UI's Authorize button."""

    target_class = "rest_playground.step4_jwt.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def asks_for(header: str, description: str, *, required: bool = True) -> OpenApiParameter:
    """Describe a header of the request."""
    return OpenApiParameter(header, str, OpenApiParameter.HEADER, required=required, description=description)


def answers(serializer: Any, status: int, *refusals: int) -> dict[Any, Any]:
    """Describe what is answered: ``serializer`` with ``status``, or one of the problems."""
    problems = {
        (refusal, "application/problem+json"): OpenApiResponse(ProblemSerializer, REFUSALS[refusal])
        for refusal in refusals
    }
    return {status: serializer, **problems}


SEEN = asks_for("If-Match", "The ETag of the reading as you have seen it, with its quotes.")
HAD = asks_for("If-None-Match", "The ETag of what you have: 304 if it is still good.", required=False)
KEY = asks_for(
    "Idempotency-Key", "A new one for each new reading, such as a UUID; the same when you try again."
)


def contract(serializer: Any) -> dict[str, Any]:
    """Return what ``extend_schema_view`` is to say of a view set that keeps step 5's contract."""
    change = extend_schema(
        parameters=[SEEN], responses=answers(serializer, 200, 400, 401, 403, 404, 412, 428)
    )
    return {
        "list": extend_schema(responses=answers(serializer(many=True), 200, 400, 401)),
        "create": extend_schema(
            parameters=[KEY], responses=answers(serializer, 201, 400, 401, 403, 409, 422)
        ),
        "retrieve": extend_schema(
            parameters=[HAD],
            responses={
                304: OpenApiResponse(description="You have it."),
                **answers(serializer, 200, 400, 401, 404),
            },
        ),
        "update": change,
        "partial_update": change,
        "destroy": extend_schema(
            parameters=[SEEN], responses=answers(None, 204, 400, 401, 403, 404, 412, 428)
        ),
    }
