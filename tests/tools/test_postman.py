"""The Postman collection has what the OpenAPI document has, in an order that can be run."""

import json
import re
from typing import Any

import pytest
import yaml

from nexus.environment import CAPSTONE
from nexus.postman import METHODS, collection, main
from nexus.postman_run import RIGHT_TOO, SETTABLE

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


def test_the_tokens_come_first_and_what_ends_the_sessions_comes_last_of_its_folder():
    auth = collection(DOCUMENT)["item"][0]["item"]
    last = ["List your sessions", "End a session", "End all other sessions", "Log out"]

    assert auth[0]["name"] == "Log in"
    assert [request["name"] for request in auth[-7:-3]] == last
    assert auth[0]["request"]["auth"] == {"type": "noauth"}


def test_every_variable_is_known_when_it_is_sent():
    summaries = {
        item[method]["operationId"]: item[method]["summary"]
        for item in DOCUMENT["paths"].values()
        for method in METHODS & set(item)
    }
    cannot_have_it = {summaries[operation] for operation, status in RIGHT_TOO.items() if status == "404"}
    known, unknown = {*SETTABLE, "$guid"}, {}
    for request in REQUESTS:
        scripts = {event["listen"]: "\n".join(event["script"]["exec"]) for event in request["event"]}
        known |= set(re.findall(r'set\("(\w+)"', scripts.get("prerequest", "")))
        on = [header for header in request["request"]["header"] if "disabled" not in header]
        sent = json.dumps([request["request"]["url"]["raw"], request["request"].get("body"), on])
        if found := set(re.findall(r"{{([$\w]+)}}", sent)) - known:
            unknown[request["name"]] = found
        known |= set(re.findall(r'keep\("(\w+)"', scripts["test"]))

    # what only staff may see is refused before anybody looks whether it is there
    of_staff = {request["name"] for folder in collection(DOCUMENT)["item"][-2:] for request in folder["item"]}
    assert set(unknown) - cannot_have_it - of_staff == set()


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
