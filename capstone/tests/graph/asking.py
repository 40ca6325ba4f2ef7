"""Asking the graph as a front end does: JSON by POST."""

import json
from typing import Any

from rest_framework.test import APIClient

ACCEPT = "application/graphql-response+json"


def ask(client: APIClient, query: str, /, **variables: Any):
    """Return the answer to a document."""
    return post(client, {"query": query, "variables": variables})


def post(client: APIClient, members: Any, content_type: str = "application/json", **headers: str):
    """Return the answer to members of a request, or to a text as it is."""
    body = members if isinstance(members, str | bytes) else json.dumps(members)
    return client.generic(
        "POST", "/graphql/", body, content_type=content_type, headers={"Accept": ACCEPT} | headers
    )


def data(client: APIClient, query: str, /, **variables: Any) -> Any:
    """Return the data of an answer without errors."""
    answer = ask(client, query, **variables)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert "errors" not in body, body
    return body["data"]


def refusals(answer) -> list[tuple[int, str]]:
    """Return (status of the answer, code) of each error."""
    return [(answer.status_code, error["extensions"]["code"]) for error in answer.json()["errors"]]
