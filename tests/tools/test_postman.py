"""The Postman collection has what the OpenAPI document has, in an order that can be run."""

import json
from typing import Any

import pytest
import yaml

from nexus.environment import CAPSTONE
from nexus.postman import METHODS, collection, main

DOCUMENT = yaml.safe_load((CAPSTONE / "openapi.yaml").read_text())
REQUESTS = [request for folder in collection(DOCUMENT)["item"] for request in folder["item"]]


def test_every_operation_is_a_request_with_its_own_test():
    operations = [
        item[method]["summary"] for item in DOCUMENT["paths"].values() for method in METHODS & set(item)
    ]

    assert sorted(request["name"] for request in REQUESTS) == sorted(operations)
    assert all(
        request["event"][0]["script"]["exec"][0].startswith("const expected = ") for request in REQUESTS
    )


def test_the_tokens_come_first_and_log_out_comes_last_of_its_folder():
    auth = collection(DOCUMENT)["item"][0]["item"]

    assert (auth[0]["name"], auth[-1]["name"]) == ("Log in", "Log out")
    assert auth[0]["request"]["auth"] == {"type": "noauth"}


def test_a_change_sends_the_version_and_a_creation_a_key():
    sent = {
        request["name"]: {header["key"]: header["value"] for header in request["request"]["header"]}
        for request in REQUESTS
    }

    assert sent["Change a work"] == {"If-Match": "{{book_etag}}"}
    assert sent["Create a work"] == {"Idempotency-Key": "{{$guid}}"}


@pytest.mark.parametrize(
    ("change", "code"), [(lambda text: text, 0), (lambda text: text.replace("Log in", "Log on"), 1)]
)
def test_a_collection_that_differs_is_found(tmp_path, change: Any, code: int):
    file = tmp_path / "collection.json"
    main(["--write", str(file)])
    file.write_text(change(file.read_text()))

    assert main([str(file)]) == code
    assert json.loads(file.read_text())["info"]["name"]
