"""Bodies from an allow-list: a member that nobody declared, or of another type, is an error, not ignored."""

from collections.abc import Mapping
from typing import Any

from rest_framework import fields
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.serializers import Serializer
from rest_framework.utils import html

JSON_TYPES: tuple[tuple[type[fields.Field[Any, Any, Any, Any]], type, str], ...] = (
    (fields.BooleanField, bool, "true or false"),
    (fields.IntegerField, int, "a whole number"),
    (fields.CharField, str, "a string"),
    (fields.UUIDField, str, "a string"),
    (fields.ChoiceField, str, "a string"),
)


def mistyped_members(known: Mapping[str, Any], data: Any) -> dict[str, Any]:
    """
    Return {name: errors} of JSON members of another type than their field's: ``"false"``, ``1`` for a string, ``"1"``.

    Django REST framework converts them, and so takes what the OpenAPI document forbids. A form, whose values are
    all text, has none. Null is the fields' own to judge.
    """
    if not isinstance(data, Mapping) or html.is_html_input(data):
        return {}
    members = {name: _mistyped(field, data[name]) for name, field in known.items() if name in data}
    return {name: errors for name, errors in members.items() if errors}


def _mistyped(field: Any, value: Any) -> Any:
    if isinstance(field, fields.ListField) and isinstance(value, list):
        items = {place: _mistyped(field.child, item) for place, item in enumerate(value)}
        return {place: errors for place, errors in items.items() if errors}
    for kind, json_type, asked in JSON_TYPES:
        if isinstance(field, kind):
            is_right = isinstance(value, json_type) and (json_type is bool or not isinstance(value, bool))
            return [] if value is None or is_right else [ErrorDetail(f"Send {asked}.", "wrong_type")]
    return []


class StrictSerializer(Serializer[Any]):
    """
    A serializer that refuses members it does not write, and names those it does.

    Django REST framework drops them in silence, so that a misspelt member changes nothing and ``role: staff``
    goes unnoticed until somebody declares the field (mass assignment, CWE-915). Read-only fields are refused too.
    Works nested, with ``many=True`` and with ``ModelSerializer`` (name this class first). Every wrong member of a
    body is reported at once, each under its own JSON Pointer.
    """

    def to_internal_value(self, data: Any) -> Any:
        # --8<-- [start:strict-body]
        known = [name for name, field in self.fields.items() if not field.read_only]
        names = data.keys() if isinstance(data, Mapping) else ()
        sentence = f"Unknown member. Known: {', '.join(known) or 'none'}."
        wrong: dict[str, Any] = {
            name: [ErrorDetail(sentence, "unknown")] for name in names if name not in known
        }
        wrong |= mistyped_members(self.fields, data)
        try:
            accepted = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**error.detail, **wrong}) from error  # type: ignore[dict-item]  # a dict here
        if wrong:
            raise ValidationError(wrong)
        return accepted
        # --8<-- [end:strict-body]
