"""How accounts' operations describe themselves in the OpenAPI document."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

ME = {
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "username": "bo",
    "email": "bo@example.org",
    "role": "listener",
}
TOKENS = {
    "access_token": "eyJhbGciOiJIUzI1NiIs…",
    "token_type": "Bearer",
    "expires_in": 900,
    "refresh_token": "nexus_refresh.Yq3u….8vKd…",
    "refresh_expires_at": "2026-12-20T12:00:00Z",
}
SESSION = {
    "id": "019b76da-a800-7e41-8c6f-1f0a6f3f7d70",
    "device": "Firefox on Linux",
    "address": "203.0.113.7",
    "created_at": "2026-09-20T12:00:00Z",
    "last_used_at": "2026-09-21T08:00:00Z",
    "expires_at": "2026-10-21T08:00:00Z",
    "is_current": True,
}
PASSWORD = "a long walk by the sea"  # noqa: S105 -- of the examples
SENT = (
    "A letter is on its way, if the address can have one. The same answer whether an account has it or not."
)
GONE = {"404": "`account-gone`: closed since the token was issued."}
UNCOUNTED = {"503": "`limits-unavailable`: tries cannot be counted just now; try again."}
LETTER = {"503": "`mail-not-set-up`: this service has no mail server; or `limits-unavailable`: try again."}
TOKEN_REFUSED = {
    "400": "The input is wrong, and `errors` says where; or `mail-token-refused`: wrong, used or too old."
}


def operation(
    operation_id: str,
    summary: str,
    *,
    sent: tuple[type[Any], Mapping[str, object]] | None = None,
    answered: tuple[int, Any, str, Mapping[str, object] | None],
    problems: Mapping[str, str] = {},
    parameters: Sequence[OpenApiParameter] = (),
    proofs: Sequence[Mapping[str, Sequence[str]]] | None = None,
) -> Callable[..., Any]:
    """
    Describe a view's method: ``sent`` is its body's shape and an example, ``answered`` the status, shape, meaning
    and an example; ``problems`` is what it refuses besides what every operation does, {status: meaning};
    ``proofs`` are its security requirements, where they do not follow from the view.
    """
    status, shape, meaning, example = answered
    examples = []
    if sent:
        examples.append(OpenApiExample("Request", value=sent[1], request_only=True))
    if example:
        examples.append(
            OpenApiExample("Answer", value=example, response_only=True, status_codes=[str(status)])
        )
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        tags=["auth"],
        request=sent[0] if sent else None,
        responses={status: OpenApiResponse(shape, description=meaning)},
        examples=examples,
        parameters=list(parameters),
        auth=cast("Any", proofs),  # they go into the document as they are
        extensions={"x-problems": dict(problems)},
    )
