"""
`python -m nexus.postman FILE`: is the committed Postman collection what openapi.yaml says? `--write` makes it so.

One folder per tag, one request per operation, in an order in which they can be run one after the other as a curator:
what an answer brings (tokens, ids, ETags) is kept in variables that later requests send.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml

from nexus.environment import CAPSTONE
from nexus.postman_run import (
    CALLER_NAMES,
    FIRST,
    FOLDERS,
    KINDS,
    LAST,
    LAST_FOLDERS,
    RIGHT_TOO,
    SETTABLE,
    STAFF,
    VARIABLES,
)

Node = dict[str, Any]
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
METHODS = {"get", "post", "put", "patch", "delete"}
SHOWN_LINES = 60


def collection(document: Node) -> Node:
    """Return the OpenAPI document as a Postman collection, version 2.1."""
    folders: dict[str, list[Node]] = {}
    for path, method, operation in in_order(document):
        folders.setdefault(operation["tags"][0], []).append(item(path, method, operation))
    middle = sorted(set(folders) - {*FOLDERS, *LAST_FOLDERS})
    names = [*FOLDERS, *middle, *LAST_FOLDERS]
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
        "event": [script("test", test_of(path, operation)), *before(path, operation)],
        "request": request,
        "response": list(example_answers(operation, request)),
    }


def script(when: str, lines: Iterable[str]) -> Node:
    """Return JavaScript that runs before a request ("prerequest") or after it ("test")."""
    return {"listen": when, "script": {"type": "text/javascript", "exec": list(lines)}}


def before(path: str, operation: Node) -> Iterator[Node]:
    """Yield what makes an id, where the caller does."""
    if operation["operationId"] in CALLER_NAMES:
        line = f'pm.collectionVariables.set("{kind_of(path)}_id", pm.variables.replaceIn("{{{{$guid}}}}"));'
        yield script("prerequest", [line])


def request_of(path: str, method: str, operation: Node) -> Node:
    """Return the request's own half of an item."""
    kind = kind_of(path)
    parts = list(parts_of(path))
    parameters = operation.get("parameters", [])
    query = [query_field(p) for p in parameters if p["in"] == "query"]
    request: Node = {
        "method": method.upper(),
        "description": operation["description"],
        "header": [header(p, kind) for p in parameters if p["in"] == "header"],
        "url": {
            "raw": "{{base_url}}/" + "/".join(parts) + "/" + sent_query(query),
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


def parts_of(path: str) -> Iterator[str]:
    """Yield the parts of an address, with variables for what stands in braces."""
    parts = path.strip("/").split("/")
    for previous, part in zip(["", *parts], parts, strict=False):
        if part == "{id}":
            yield f"{{{{{KINDS[previous]}_id}}}}"
        else:
            yield VARIABLES[part[1:-1]] if part.startswith("{") else part


def query_field(parameter: Node) -> Node:
    """Return a parameter of the query with its example; one that need not be sent is there, switched off."""
    value = next((each["value"] for each in parameter.get("examples", {}).values()), "")
    optional = {} if parameter.get("required") else {"disabled": True}
    return {
        "key": parameter["name"],
        "value": str(value) if parameter.get("required") else "",
        "description": parameter.get("description", ""),
        **optional,
    }


def sent_query(query: list[Node]) -> str:
    """Return the query as it stands in an address."""
    sent = [f"{each['key']}={each['value']}" for each in query if "disabled" not in each]
    return "?" + "&".join(sent) if sent else ""


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
    right = {"503", RIGHT_TOO.get(operation["operationId"], "")} | (set() if creates else {"409"})
    right |= {"403"} if STAFF & set(operation["tags"]) else set()
    return [status for status in operation["responses"] if status < "300" or status in right]


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
    return {name: sent(name, value, names) for name, value in body.items()}


def sent(name: str, value: Any, names: set[str]) -> Any:
    """Return a member's value, or the variable it is sent from; of a list of ids, the one there is."""
    if name in names and isinstance(value, str):
        return VARIABLES[name]
    if name in names and isinstance(value, list) and isinstance(value[0], str):
        return [VARIABLES[name]]
    return from_variables(value, names)


def kind_of(path: str) -> str:
    """Return which kind of thing an address answers with, or "" where none is kept, as for chapters, which have no id."""
    return next((KINDS[part] for part in reversed(path.split("/")) if part in KINDS), "")


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
