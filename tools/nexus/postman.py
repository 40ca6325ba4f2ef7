"""
`python -m nexus.postman FILE`: is the committed Postman collection what openapi.yaml says? `--write` makes it so.

One folder per tag, one request per operation, in an order in which they can be run one after the other as a curator:
what an answer brings (tokens, ids, ETags) is kept in variables that later requests send.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml

from nexus.environment import CAPSTONE

Node = dict[str, Any]
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
METHODS = {"get", "post", "put", "patch", "delete"}
SHOWN_LINES = 60

FOLDERS = ["auth", "catalog", "listening", "curating"]
FIRST = [
    "log_in",  # the tokens of all others
    "books_create",
    "books_change",  # before a recording of it counts up its version
    "people_create",
    "people_change",
    "audiobooks_create",
    "audiobooks_change",
    "chapters_replace",
    "audiobooks_publish",
    "audiobooks_withdraw",
    "audiobooks_restore",
]
LAST = ["sessions_list", "session_end", "sessions_end", "log_out"]
KINDS = {
    "audiobooks": "audiobook",
    "books": "book",
    "people": "person",
    "series": "series",
    "sessions": "session",
}

# Members of a body, and parameters of a path, that are sent from variables.
VARIABLES = {
    "username": "{{username}}",
    "password": "{{password}}",
    "current_password": "{{password}}",
    "refresh_token": "{{refresh_token}}",
    "token": "{{mailed_token}}",
    "book": "{{book_id}}",
    "person": "{{person_id}}",
    "into": "{{other_person_id}}",
    "position": "1",
}
NEEDS_A_LETTER = {"verify_email", "password_reset_confirm"}  # no run reads the mail: 400 is right too
SETTABLE = {
    "base_url": "http://127.0.0.1:8000",
    "username": "ada",
    "password": "",
    "mailed_token": "from-the-letter",
}


def collection(document: Node) -> Node:
    """Return the OpenAPI document as a Postman collection, version 2.1."""
    folders: dict[str, list[Node]] = {}
    for path, method, operation in in_order(document):
        folders.setdefault(operation["tags"][0], []).append(item(path, method, operation))
    names = [*FOLDERS, *sorted(set(folders) - set(FOLDERS))]
    return {
        "info": {
            "name": document["info"]["title"],
            "description": f"{document['info']['description']}\n\nSet `password` to the one that `./nexus up` prints for ada.",
            "schema": SCHEMA,
        },
        "auth": {
            "type": "bearer",
            "bearer": [{"key": "token", "value": "{{access_token}}", "type": "string"}],
        },
        "variable": [{"key": name, "value": value} for name, value in SETTABLE.items()],
        "item": [{"name": name, "item": folders[name]} for name in names if name in folders],
    }


def in_order(document: Node) -> list[tuple[str, str, Node]]:
    """Return (path, method, operation) of every operation, lists before what they list."""
    found = [
        (path, method, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    ]

    def place(each: tuple[str, str, Node]) -> tuple[int, int, str]:
        name = each[2]["operationId"]
        if name in FIRST:
            return 0, FIRST.index(name), each[0]
        return (2, LAST.index(name), each[0]) if name in LAST else (1, 0, each[0])

    return sorted(found, key=place)


def item(path: str, method: str, operation: Node) -> Node:
    """Return one request with its test and its example answers."""
    request = request_of(path, method, operation)
    return {
        "name": operation["summary"],
        "event": [
            {"listen": "test", "script": {"type": "text/javascript", "exec": list(test_of(path, operation))}}
        ],
        "request": request,
        "response": list(example_answers(operation, request)),
    }


def request_of(path: str, method: str, operation: Node) -> Node:
    """Return the request's own half of an item."""
    kind = kind_of(path)
    parts = [
        f"{{{{{kind}_id}}}}" if part == "{id}" else VARIABLES[part[1:-1]] if part.startswith("{") else part
        for part in path.strip("/").split("/")
    ]
    parameters = operation.get("parameters", [])
    query = [
        {"key": p["name"], "value": "", "description": p.get("description", ""), "disabled": True}
        for p in parameters
        if p["in"] == "query"
    ]
    request: Node = {
        "method": method.upper(),
        "description": operation["description"],
        "header": [header(p, kind) for p in parameters if p["in"] == "header"],
        "url": {
            "raw": "{{base_url}}/" + "/".join(parts) + "/",
            "host": ["{{base_url}}"],
            "path": [*parts, ""],
            **({"query": query} if query else {}),
        },
    }
    if operation["security"] == [{}]:
        request["auth"] = {"type": "noauth"}
    if "requestBody" in operation:
        names = set(VARIABLES) - ({"username"} if operation["operationId"] == "register" else set())
        body = json.dumps(
            from_variables(example(operation["requestBody"]), names), indent=2, ensure_ascii=False
        )
        request["body"] = {"mode": "raw", "raw": body, "options": {"raw": {"language": "json"}}}
    return request


def header(parameter: Node, kind: str) -> Node:
    """Return a header field; one that need not be sent is there, switched off."""
    fixed = {"Idempotency-Key": "{{$guid}}", "Sec-Fetch-Site": "same-origin"}
    value = fixed.get(parameter["name"], f"{{{{{kind}_etag}}}}")
    optional = {} if parameter.get("required") else {"disabled": True}
    return {"key": parameter["name"], "value": value, "description": parameter["description"], **optional}


def test_of(path: str, operation: Node) -> Iterator[str]:
    """Yield the lines of a test: status and content type are as documented; then keep what later requests need."""
    answers: Mapping[str, Node] = operation["responses"]
    expected = {
        status: next(iter(answers[status].get("content", {})), "") for status in right_statuses(operation)
    }
    yield f"const expected = {json.dumps(expected)};"
    yield 'pm.test("status", () => pm.expect(Object.keys(expected)).to.include(String(pm.response.code)));'
    yield (
        'pm.test("content type", () => pm.expect((pm.response.headers.get("Content-Type") || "").split(";")[0])'
        ".to.eql(expected[pm.response.code]));"
    )
    yield "const keep = (name, value) => value && pm.collectionVariables.set(name, value);"
    yield "const answer = pm.response.code < 300 && pm.response.text() ? pm.response.json() : {};"
    yield 'keep("access_token", answer.access_token);'
    yield 'keep("refresh_token", answer.refresh_token);'
    if kind := kind_of(path):
        yield "const id = answer.results ? (answer.results[0] || {}).id : answer.id;"
        yield f'if (id && id !== pm.collectionVariables.get("{kind}_id")) {{'
        yield f'  keep("other_{kind}_id", pm.collectionVariables.get("{kind}_id"));'
        yield f'  keep("{kind}_id", id);'
        yield "}"
        yield f'keep("{kind}_etag", pm.response.headers.get("ETag"));'


def right_statuses(operation: Node) -> list[str]:
    """Return what a right request may get: success; or that its thing's state, or a service of ours, is not ready."""
    creates = any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", []))
    unready = {"503"} | (set() if creates else {"409"})
    unread = {"400"} if operation["operationId"] in NEEDS_A_LETTER else set()
    return [status for status in operation["responses"] if status < "300" or status in unready | unread]


def example_answers(operation: Node, request: Node) -> Iterator[Node]:
    """Yield the document's example answers."""
    for status, answer in operation["responses"].items():
        for media_type, content in answer.get("content", {}).items():
            for name, given in content.get("examples", {}).items():
                yield {
                    "name": name,
                    "originalRequest": {name: request[name] for name in ("method", "header", "url")},
                    "status": HTTPStatus(int(status)).phrase,
                    "code": int(status),
                    "_postman_previewlanguage": "json",
                    "header": [{"key": "Content-Type", "value": media_type}],
                    "body": json.dumps(given["value"], indent=2, ensure_ascii=False),
                }


def example(request_body: Node) -> Any:
    """Return a body's example."""
    return next(iter(request_body["content"]["application/json"]["examples"].values()))["value"]


def from_variables(body: Any, names: set[str]) -> Any:
    """Return a body with the members of these names sent from variables."""
    if isinstance(body, list):
        return [from_variables(part, names) for part in body]
    if not isinstance(body, dict):
        return body
    return {
        name: VARIABLES[name] if name in names and isinstance(value, str) else from_variables(value, names)
        for name, value in body.items()
    }


def kind_of(path: str) -> str:
    """Return which kind of thing an address is about, or "" where none is kept; chapters and books of one have no id."""
    parts = path.removeprefix("/api/v1/").replace("auth/", "").strip("/").split("/")
    return KINDS.get(parts[0], "")


def main(arguments: list[str]) -> int:
    """Compare, or write; return the exit code."""
    committed = Path(arguments[-1])
    document = yaml.safe_load((CAPSTONE / "openapi.yaml").read_text())
    generated = json.dumps(collection(document), indent=1, ensure_ascii=False) + "\n"
    if "--write" in arguments:
        committed.write_text(generated)
        return 0
    before = committed.read_text() if committed.exists() else ""
    difference = list(
        unified_diff(before.splitlines(), generated.splitlines(), "committed", "generated", lineterm="")
    )
    if difference:
        print("\n".join(difference[:SHOWN_LINES]))
        print(f"\n{committed} differs from openapi.yaml; `./nexus lint --fix` rewrites it.")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
