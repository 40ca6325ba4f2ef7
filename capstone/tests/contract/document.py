"""The committed OpenAPI document, and requests made from its examples about things that exist."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import yaml
from contract.scene import Scene
from django.conf import settings
from rest_framework.test import APIClient

from audiobooks.accounts.rest.browser import COOKIE

METHODS = {"get", "post", "put", "patch", "delete"}
DOCUMENT = yaml.safe_load((settings.CAPSTONE_DIR / "openapi.yaml").read_text())


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    id: str
    method: str
    path: str
    description: dict[str, Any]

    @property
    def headers(self) -> set[str]:
        return {p["name"] for p in self.description.get("parameters", []) if p["in"] == "header"}

    @property
    def query(self) -> str:
        """Return what has to stand in the query, by its examples."""
        asked = {
            parameter["name"]: next(iter(parameter["examples"].values()))["value"]
            for parameter in self.description.get("parameters", [])
            if parameter["in"] == "query" and parameter.get("required")
        }
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def example(self) -> Any:
        """Return the example of the request's body; None where it has none."""
        content = self.description.get("requestBody", {}).get("content", {}).get("application/json", {})
        return next((example["value"] for example in content.get("examples", {}).values()), None)


def operations() -> Iterator[Operation]:
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS & set(item):
            yield Operation(item[method]["operationId"], method, path, item[method])


OPERATIONS = {
    operation.id: operation for operation in sorted(operations(), key=lambda operation: operation.id)
}


def ask(
    operation: Operation,
    scene: Scene,
    caller: str,
    row_id: object = "",
    *,
    position: int = 1,
    body: Any = None,
):
    """Send a right request for an operation as a caller of the scene, and return the answer."""
    client = APIClient()
    headers: dict[str, str] = {}
    if caller in scene.tokens:
        headers["Authorization"] = f"Bearer {scene.tokens[caller]}"
    if "If-Match" in operation.headers:
        headers["If-Match"] = scene.etag(row_id)
    if "Idempotency-Key" in operation.headers:
        headers["Idempotency-Key"] = str(uuid4())
    if "Sec-Fetch-Site" in operation.headers:
        headers["Sec-Fetch-Site"] = "same-origin"
    if {"refreshCookie": []} in operation.description["security"] and caller in scene.refresh_tokens:
        client.cookies[COOKIE] = scene.refresh_tokens[caller]
    path = operation.path.format(id=row_id, position=position, token="nobodys") + operation.query
    return getattr(client, operation.method)(path, body, format="json", headers=headers)


def with_what_exists(body: Any, values: dict[str, list[str]], number: int = 0) -> Any:
    """Return a body with the ids and names in it replaced by some that exist; what is of another type stays."""
    if isinstance(body, list):
        return [with_what_exists(item, values, number) for item in body]
    if not isinstance(body, dict):
        return body
    return {
        name: values[name][number % len(values[name])]
        if name in values and isinstance(value, str)
        else with_what_exists(value, values, number)
        for name, value in body.items()
    }
