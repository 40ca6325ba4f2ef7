"""Bodies from an allow-list: a member that nobody declared is an error, not ignored."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.serializers import Serializer


class StrictSerializer(Serializer[Any]):
    """
    A serializer that refuses members it does not write, and names those it does.

    Django REST framework drops them in silence, so that a misspelt ``Title`` changes nothing and ``role: staff``
    goes unnoticed until somebody declares the field (mass assignment, CWE-915). Read-only fields are refused too.
    Works nested, with ``many=True`` and with ``ModelSerializer`` (name this class first). Every wrong member of a
    body is reported at once, each under its own JSON Pointer.
    """

    def to_internal_value(self, data: Any) -> Any:
        # --8<-- [start:strict-body]
        known = [name for name, field in self.fields.items() if not field.read_only]
        names = data.keys() if isinstance(data, Mapping) else ()
        sentence = f"Unknown member. Known: {', '.join(known) or 'none'}."
        unknown = {name: [ErrorDetail(sentence, "unknown")] for name in names if name not in known}
        try:
            accepted = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**error.detail, **unknown}) from error  # type: ignore[dict-item]  # a dict here
        if unknown:
            raise ValidationError(unknown)
        return accepted
        # --8<-- [end:strict-body]
