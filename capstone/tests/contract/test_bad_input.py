"""Input that nobody sends by mistake: each operation answers with a problem that says what to do, and changes nothing."""

import json
from uuid import UUID, uuid4

import pytest
from contract.document import OPERATIONS, ask, with_what_exists
from contract.scene import id_number, make_scene, rows_written
from rest_framework.test import APIClient

from audiobooks.accounts import limits

pytestmark = pytest.mark.django_db
WITH_A_BODY = sorted(name for name, operation in OPERATIONS.items() if "requestBody" in operation.description)
WITH_IF_MATCH = sorted(name for name, operation in OPERATIONS.items() if "If-Match" in operation.headers)
WITH_A_KEY = sorted(name for name, operation in OPERATIONS.items() if "Idempotency-Key" in operation.headers)
MEGABYTE = 1_000_000


def target(operation_id: str, scene) -> UUID:
    """Return the id of what an operation is tried with."""
    kinds = {
        "people": scene.people[2],
        "books": scene.books[0],
        "proposals": scene.proposals[0],
        "reviews": scene.reviews[1],
        "staff": scene.reviews[0],
    }
    kind = "" if operation_id == "reviews_create" else operation_id.partition("_")[0]
    return kinds.get(kind, scene.audiobooks[0]).pk


def send(operation_id: str, scene, body: str | bytes, content_type: str = "application/json", **headers: str):
    """Send a body as it is; the caller, the address and the other headers are right."""
    limits.NAMESPACE = uuid4().hex  # each request is the first that the limits count
    operation = OPERATIONS[operation_id]
    row_id = target(operation_id, scene)
    headers = {
        "Authorization": f"Bearer {scene.tokens['staff' if operation_id.startswith('staff') else 'curator']}",
        "If-Match": scene.etag(row_id),
        "Idempotency-Key": "a-key-of-mine",
        "Sec-Fetch-Site": "same-origin",
    } | headers
    path = operation.path.format(id=row_id)
    return APIClient().generic(
        operation.method.upper(),
        path,
        body,
        content_type=content_type,
        headers={name: value for name, value in headers.items() if value != "none"},
    )


def problem(answer) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return answer.status_code, answer.json()["type"].rpartition("#")[2]


def right_body(operation_id: str, scene, role: str = "curator") -> dict[str, object]:
    if operation_id == "jobs_create":
        return {"uploads": [str(scene.uploads[role].pk)]}
    names = {"book", "into", "person"}
    values = {name: values for name, values in scene.values.items() if name in names}
    return with_what_exists(OPERATIONS[operation_id].example, values)


@pytest.mark.parametrize("operation_id", WITH_A_BODY)
def test_a_body_that_cannot_be_read_changes_nothing(operation_id):
    scene = make_scene()
    body = right_body(operation_id, scene)
    text = json.dumps(body)
    before = rows_written()

    answers = {
        "cut off": problem(send(operation_id, scene, text[:-1])),
        "not UTF-8": problem(send(operation_id, scene, b'{"name": "\xff"}')),
        "two documents": problem(send(operation_id, scene, text + text)),
        "NaN": problem(send(operation_id, scene, '{"born_year": NaN}')),
        "an array": problem(send(operation_id, scene, "[]")),
        "a string": problem(send(operation_id, scene, '"text"')),
        "null": problem(send(operation_id, scene, "null")),
        "100,000 deep": problem(send(operation_id, scene, "[" * 100_000)),
        "a deep object": problem(send(operation_id, scene, '{"a":' * 5_000 + "1" + "}" * 5_000)),
        "form": problem(send(operation_id, scene, "title=x", "application/x-www-form-urlencoded")),
        "XML": problem(send(operation_id, scene, "<x/>", "text/xml")),
        "10 MB": problem(send(operation_id, scene, json.dumps(body | {"title": "x" * 10 * MEGABYTE}))),
    }

    assert rows_written() == before
    assert answers == dict.fromkeys(answers, (400, "parse-error")) | {
        "an array": (400, "invalid-input"),
        "a string": (400, "invalid-input"),
        "null": (400, "invalid-input"),
        "a deep object": answers["a deep object"],
        "form": (415, "unsupported-media-type"),
        "XML": (415, "unsupported-media-type"),
        "10 MB": (413, "content-too-large"),
    }
    assert answers["a deep object"] in {
        (400, "invalid-input"),
        (400, "parse-error"),
    }  # by how deep Python reads


@pytest.mark.parametrize("operation_id", WITH_A_BODY)
def test_a_member_nobody_declared_and_half_a_character_are_named(operation_id):
    scene = make_scene()
    body = right_body(operation_id, scene)
    text = next((name for name, value in body.items() if isinstance(value, str)), "")
    before = rows_written()

    unknown = send(operation_id, scene, json.dumps(body | {"is_staff": True, "version": 7}))
    surrogate = send(operation_id, scene, json.dumps(body | {text: "a\ud800"}))

    assert problem(unknown) == (400, "invalid-input")
    assert {error["pointer"] for error in unknown.json()["errors"]} == {"#/is_staff", "#/version"}
    assert problem(surrogate) == (400, "invalid-input")
    assert {error["pointer"] for error in surrogate.json()["errors"]} == {f"#/{text}"}
    assert rows_written() == before


@pytest.mark.parametrize("operation_id", WITH_IF_MATCH)
@pytest.mark.parametrize(
    ("if_match", "answered"),
    [
        ("none", (428, "precondition-required")),
        ("*", (428, "precondition-required")),
        ('"another-version"', (412, "precondition-failed")),
        ("W/{etag}", (412, "precondition-failed")),
        ("", (400, "invalid-entity-tag")),
        ("unquoted", (400, "invalid-entity-tag")),
        ('"half', (400, "invalid-entity-tag")),
        ('"a"' + ', "a"' * 1_000, (412, "precondition-failed")),
    ],
)
def test_a_precondition_that_does_not_hold_changes_nothing(operation_id, if_match, answered):
    scene = make_scene()
    etag = scene.etag(target(operation_id, scene))
    body = json.dumps(right_body(operation_id, scene)) if operation_id in WITH_A_BODY else ""
    before = rows_written()

    answer = send(operation_id, scene, body, **{"If-Match": if_match.format(etag=etag)})

    assert problem(answer) == answered
    assert rows_written() == before


@pytest.mark.parametrize("operation_id", WITH_A_KEY)
@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("none", "idempotency-key-required"),
        ("", "invalid-idempotency-key"),
        ('""', "invalid-idempotency-key"),
        ("k" * 1_000, "invalid-idempotency-key"),
        ("two, keys", "invalid-idempotency-key"),
        ("nö", "invalid-idempotency-key"),
    ],
)
def test_a_key_that_is_none_creates_nothing(operation_id, key, kind):
    scene = make_scene()
    body = json.dumps(right_body(operation_id, scene))
    before = rows_written()

    answer = send(operation_id, scene, body, **{"Idempotency-Key": key})

    assert problem(answer) == (400, kind)
    assert rows_written() == before


@pytest.mark.parametrize("operation_id", WITH_A_KEY)
def test_a_key_is_for_one_request_of_one_caller(operation_id):
    scene = make_scene()
    body = right_body(operation_id, scene)

    first = send(operation_id, scene, json.dumps(body))
    again = send(operation_id, scene, json.dumps(body))
    other = send(
        operation_id, scene, json.dumps(body | {"title": "Other"} if "title" in body else {"name": "Other"})
    )
    theirs = json.dumps(right_body(operation_id, scene, "staff"))
    staff = send(operation_id, scene, theirs, Authorization=f"Bearer {scene.tokens['staff']}")

    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    assert (again.content, again["Location"], again["ETag"]) == (
        first.content,
        first["Location"],
        first["ETag"],
    )
    assert problem(other) == (422, "idempotency-key-reused")
    assert (staff.status_code, staff["Location"] != first["Location"]) == (201, True)


def test_an_id_that_is_none_is_not_found():
    scene = make_scene()
    operation = OPERATIONS["audiobooks_get"]

    answers = [
        ask(operation, scene, "curator", row_id)
        for row_id in (
            id_number(0xDEAD),
            "1",
            "%00",
            "%ED%A0%80",
            "..%2f..%2fetc%2fpasswd",
            "x" * 5_000,
            "' OR 1=1--",
        )
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}
