"""The ``errors`` member of a problem: which input is wrong, named by a JSON Pointer or by its parameter."""

import re
from collections.abc import Iterable, Mapping
from typing import NotRequired, TypedDict
from urllib.parse import quote

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.settings import api_settings

# What PostgreSQL's text cannot hold: NUL, and surrogates (they have no UTF-8 form).
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
UNSTORABLE_DETAIL = "Text may not contain NUL or surrogate characters."
ROOT = "#"


class FieldError(TypedDict):
    """
    One wrong input.

    ``pointer`` is a JSON Pointer into the body in its URI fragment form (RFC 6901, section 6);
    ``parameter`` is the name of a query parameter. Neither is present where the path itself is wrong.
    """

    detail: str
    code: str
    pointer: NotRequired[str]
    parameter: NotRequired[str]


def body_errors(detail: object, pointer: str = ROOT) -> list[FieldError]:
    """
    Flatten a validation error's nested ``detail`` into one entry per wrong value of the body.

    ``{"tags": {1: {"label": ["Too long."]}}}`` gives one error at ``#/tags/1/label``.
    """
    # --8<-- [start:field-errors]
    if isinstance(detail, Mapping):
        whole = (api_settings.NON_FIELD_ERRORS_KEY, NON_FIELD_ERRORS)
        children = [
            (value, pointer if key in whole else child(pointer, key)) for key, value in detail.items()
        ]
    elif isinstance(detail, list | tuple):
        children = [
            (item, pointer if isinstance(item, str) else child(pointer, i)) for i, item in enumerate(detail)
        ]
    else:
        code = getattr(detail, "code", None) or "invalid"
        return [FieldError(pointer=pointer, code=code, detail=str(detail))]
    return [error for value, place in children for error in body_errors(value, place)]
    # --8<-- [end:field-errors]


def child(pointer: str, key: object) -> str:
    """Append ``key`` to a JSON Pointer: escaped by RFC 6901, section 3, then percent-encoded by section 6."""
    token = str(key).replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{quote(token, safe='~', errors='replace')}"


def parameter_errors(detail: Mapping[str, Iterable[object]]) -> list[FieldError]:
    """Turn ``{parameter: [message, …]}`` into one entry per message."""
    return [
        FieldError(parameter=str(name), code=getattr(message, "code", None) or "invalid", detail=str(message))
        for name, messages in detail.items()
        for message in ([messages] if isinstance(messages, str) else messages)
    ]


def summary(errors: list[FieldError]) -> str:
    """Say the first error with its place, and how many more there are."""
    if not errors:
        return ""
    place = errors[0].get("parameter") or errors[0].get("pointer", ROOT)
    first = errors[0]["detail"] if place == ROOT else f"{place}: {errors[0]['detail']}"
    return first if len(errors) == 1 else f"{first} ({len(errors) - 1} more: see errors.)"


def unstorable_text(request: HttpRequest | Request) -> list[FieldError]:
    """Name every place of the request that carries a NUL or a surrogate: path, query parameters, parsed body."""
    errors = unstorable_parameters(request)
    if UNSTORABLE.search(request.path):
        errors.append(FieldError(code="unstorable_text", detail=UNSTORABLE_DETAIL))
    places: list[tuple[str, object]] = [(ROOT, _parsed_body(request))]
    while places:  # not recursive: a body may be nested as deep as its parser allows
        pointer, value = places.pop()
        if isinstance(value, Mapping):
            places.extend((pointer, key) for key in value)
            places.extend((child(pointer, key), part) for key, part in value.items())
        elif isinstance(value, list):
            places.extend((child(pointer, index), part) for index, part in enumerate(value))
        elif isinstance(value, str) and UNSTORABLE.search(value):
            errors.append(FieldError(pointer=pointer, code="unstorable_text", detail=UNSTORABLE_DETAIL))
    return errors


def unstorable_parameters(request: HttpRequest | Request) -> list[FieldError]:
    """Name the query parameters that carry a NUL or a surrogate, in name or value."""
    return [
        FieldError(parameter=name, code="unstorable_text", detail=UNSTORABLE_DETAIL)
        for name, values in request.GET.lists()
        if any(UNSTORABLE.search(str(text)) for text in (name, *values))
    ]


def _parsed_body(request: HttpRequest | Request) -> object:
    if not isinstance(request, Request):
        return {}
    try:
        return request.data
    except APIException:  # a body that does not parse never reached the database
        return {}
