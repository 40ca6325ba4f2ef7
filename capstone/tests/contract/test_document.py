"""The OpenAPI document shows what it says: every operation has examples, and they are right by its own schemas."""

import pytest
from contract.document import DOCUMENT, OPERATIONS
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate


def examples_in(content: dict) -> list[tuple[dict, object]]:
    """Return (schema, value) of every example under a `content`."""
    return [
        (media_type["schema"], example["value"])
        for media_type in content.values()
        for example in media_type.get("examples", {}).values()
    ]


def test_the_document_is_valid_openapi():
    validate(DOCUMENT)


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS))
def test_every_body_has_an_example_and_each_is_right(operation_id):
    description = OPERATIONS[operation_id].description
    contents = [description["requestBody"]["content"]] if "requestBody" in description else []
    contents += [
        answer["content"]
        for status, answer in description["responses"].items()
        if status < "300" and "content" in answer
    ]

    for content in contents:
        examples = examples_in(content)
        assert examples
        for schema, value in examples:
            validator = Draft202012Validator(
                schema | {"components": DOCUMENT["components"]}, format_checker=FormatChecker()
            )
            assert [error.message for error in validator.iter_errors(value)] == []


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS))
def test_every_operation_tells_of_its_limits(operation_id):
    answers = OPERATIONS[operation_id].description["responses"]
    fields = {status: set(answer.get("headers", {})) for status, answer in answers.items()}

    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= fields["429"]
    assert all({"RateLimit", "RateLimit-Policy"} <= fields[status] for status in fields if status < "400")


def test_who_need_not_log_in_is_told_so():
    open_to_all = {name for name, operation in OPERATIONS.items() if {} in operation.description["security"]}

    assert "books_list" in open_to_all
    assert not {"books_create", "books_change", "me", "chapter_audio"} & open_to_all
