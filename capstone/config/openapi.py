"""What every operation can answer besides success, added to the generated OpenAPI document in one place."""

from typing import Any

MEDIA_TYPE = "application/problem+json"
METHODS = {"get", "post", "put", "patch", "delete"}

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
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


def add_problem_answers(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Add the Problem schema, and to each operation the problems it can answer (a drf-spectacular hook)."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            if method in METHODS:
                for status, description in sorted(problems_of(path, operation).items()):
                    operation["responses"][status] = {
                        "description": description,
                        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                    }
    return result


def problems_of(path: str, operation: dict[str, Any]) -> dict[str, str]:
    """Return {status: meaning} of what an operation can refuse."""
    found = {"401": "The access token is wrong or has expired."} if operation.get("security") else {}
    is_login = operation["operationId"] == "log_in"
    if "requestBody" in operation or any(p["in"] == "query" for p in operation.get("parameters", [])):
        found["400"] = "The input is wrong; `errors` says where."
    if "{" in path:
        found["404"] = "It does not exist, or you may not see it."
    if operation["operationId"] == "chapter_audio":
        found["403"] = "You may see it, but need a grant to hear it."
    if is_login:
        found |= {
            "401": "Wrong credentials.",
            "415": "Send JSON.",
            "429": "Too many tries; `Retry-After` says how long to wait.",
        }
    return found
