"""What every operation can answer besides success, added to the generated OpenAPI document in one place."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension

from audiobooks.accounts.rest.browser import COOKIE

MEDIA_TYPE = "application/problem+json"
METHODS = {"get", "post", "put", "patch", "delete"}

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "examples": [
        {
            "type": "https://nexus.example/reference/errors/#invalid-query",
            "title": "Invalid query",
            "status": 400,
            "detail": "limit: Must be a whole number from 1 to 100, not '0'.",
            "instance": "/api/v1/books/",
            "request_id": "8f14e45fceea167a",
            "errors": [
                {
                    "parameter": "limit",
                    "code": "out_of_range",
                    "detail": "Must be a whole number from 1 to 100, not '0'.",
                }
            ],
        }
    ],
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "description": "Names the kind of problem; opens its page.",
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What went wrong this time, and what to do."},
        "instance": {"type": "string", "format": "uri-reference"},
        "request_id": {"type": "string", "description": "Quote it when you ask for help."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer into the request's body."},
                    "parameter": {"type": "string", "description": "The query parameter."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


HEADERS = {
    "ETag": "The version answered. Send it back: in If-Match to change it, in If-None-Match to ask whether it changed.",
    "Location": "Where it is.",
    "Link": 'The neighbouring pages (RFC 8288): rel="next" and rel="prev", as far as there are any.',
    "Retry-After": "Seconds to wait.",
    "RateLimit": "What your limits leave you: `r` requests, and more in `t` seconds at the latest.",
    "RateLimit-Policy": "Your limits: `q` requests within any `w` seconds.",
    "Idempotency-Replayed": "`true` where this is the stored answer to an earlier request with this key.",
    "WWW-Authenticate": "How to prove who you are.",
}
SOMETIMES = {
    "Link",
    "Idempotency-Replayed",
    "RateLimit",
    "RateLimit-Policy",
}  # the others are in every answer that names them

# {status: meaning} of what is refused because an operation reads a header, or a body.
REFUSALS_BY_HEADER = {
    "If-None-Match": {"400": "`invalid-entity-tag`: send the ETag as it was answered, with its quotes."},
    "If-Match": {
        "400": "The input is wrong, and `errors` says where; or `invalid-entity-tag`.",
        "412": "It has changed since you read it. Read it again.",
        "428": "If-Match is missing, or `*`.",
    },
    "Idempotency-Key": {
        "400": "The input is wrong, and `errors` says where; or `idempotency-key-required`.",
        "409": "The first request with this key is still running; `Retry-After` says when to ask again.",
        "422": "This key was sent with another request. A new request needs a new key.",
    },
}
REFUSALS_OF_BODIES = {
    "400": "The input is wrong; `errors` says where.",
    "413": "The body is too large.",
    "415": "Send JSON.",
}


REFRESH_COOKIE = {
    "type": "apiKey",
    "in": "cookie",
    "name": COOKIE,
    "description": "Set by auth/browser/token/: HttpOnly, SameSite=Strict, sent to auth/browser/ only.",
}


def complete_answers(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Add to each operation the problems it can answer, and the headers of its answers (a drf-spectacular hook)."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    result["components"]["securitySchemes"]["refreshCookie"] = REFRESH_COOKIE
    result["components"]["headers"] = {
        name: {"description": text, "required": name not in SOMETIMES, "schema": {"type": "string"}}
        for name, text in HEADERS.items()
    }
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            if method in METHODS:
                complete(path, operation)
    return result


def complete(path: str, operation: dict[str, Any]) -> None:
    """Complete one operation's answers."""
    answers = operation["responses"]
    if "If-None-Match" in header_parameters(operation):
        answers["304"] = {"description": "It is still the version you have."}
    if operation.pop("x-moves", False):
        answers["308"] = {"description": "It was merged into another: `Location` says which."}
    for status, description in sorted(problems_of(path, operation).items()):
        answers[status] = {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    for status, answer in answers.items():
        if names := headers_of(operation, status):
            answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    operation["responses"] = dict(sorted(answers.items()))


def problems_of(path: str, operation: dict[str, Any]) -> dict[str, str]:
    """Return {status: meaning} of what an operation can refuse; its view adds to it in ``x-problems``."""
    found = {"429": "Too many requests; `Retry-After` says how long to wait."}
    if any("bearerToken" in proof for proof in operation["security"]):
        found["401"] = "The access token is missing, wrong or expired."
    if any(parameter["in"] == "query" for parameter in operation.get("parameters", [])):
        found["400"] = "The input is wrong; `errors` says where."
    if "requestBody" in operation:
        found |= REFUSALS_OF_BODIES
    for name in header_parameters(operation):
        found |= REFUSALS_BY_HEADER.get(name, {})
    if "{" in path:
        found["404"] = "It does not exist, or you may not see it."
    found |= operation.pop("x-problems", {})
    return found


def headers_of(operation: dict[str, Any], status: str) -> list[str]:
    """Return the header fields that an operation's answer of this status carries."""
    asked, found = header_parameters(operation), []
    if ("If-Match" in asked and status == "200") or ("If-None-Match" in asked and status in {"200", "304"}):
        found.append("ETag")
    if "Idempotency-Key" in asked:
        found += {"201": ["ETag", "Idempotency-Replayed", "Location"], "409": retry_after(operation)}.get(
            status, []
        )
    if status == "200" and operation["operationId"].endswith("_list"):
        found.append("Link")
    by_status = {"308": ["Location"], "401": ["WWW-Authenticate"], "429": ["Retry-After"]}
    limits = ["RateLimit", "RateLimit-Policy"] if status < "400" or status == "429" else []
    return found + by_status.get(status, []) + limits


def retry_after(operation: dict[str, Any]) -> list[str]:
    """Return Retry-After for an operation that conflicts with nothing but its own first request, which always carries it."""
    told = operation["responses"]["409"]["description"]
    return ["Retry-After"] if told == REFUSALS_BY_HEADER["Idempotency-Key"]["409"] else []


def header_parameters(operation: dict[str, Any]) -> list[str]:
    """Return the names of the header fields an operation reads."""
    return [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "header"]


class StrictSerializerSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says of strict bodies that they have no further members."""

    target_class = "lab_rest.serializers.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """Return the serializer's schema."""
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return schema | {"additionalProperties": False} if direction == "request" else schema
