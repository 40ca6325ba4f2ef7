"""Cursors: a place in an ordering, signed, so that nobody can invent one. Signed is not secret."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner, b64_encode
from django.utils.encoding import force_bytes, force_str

from lab_rest.exceptions import Problem
from lab_rest.field_errors import FieldError

TAGS: Mapping[str, Any] = {
    "u": (UUID, UUID),
    "n": (Decimal, Decimal),
    "t": (datetime, datetime.fromisoformat),
    "d": (date, date.fromisoformat),
}


@dataclass(frozen=True, slots=True)
class Place:
    """The rows after (``forward``) or before the row of these values; that row too when ``inclusive``."""

    values: tuple[Any, ...]
    forward: bool = True
    inclusive: bool = False


def scope_of(*parts: object) -> str:
    """Return a short fingerprint of the list a cursor belongs to: address, filters, columns."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def write_cursor(place: Place, *, ordering: str, scope: str) -> str:
    """
    Return ``place`` as a URL-safe string, bound to the ordering and the list it was made for.

    Values may be ``str, int, float, bool, UUID, Decimal, datetime, date`` and None.
    """
    # --8<-- [start:cursor]
    values = [_packed(value) for value in place.values]
    payload = [place.forward, place.inclusive, ordering, scope, values]
    return _signer().sign_object(payload)
    # --8<-- [end:cursor]


def read_cursor(cursor: str, *, ordering: str, scope: str, max_age: timedelta | None) -> Place:
    """Return the place; raises a 400 ``Problem`` for a cursor altered, expired, or made for another list."""
    # --8<-- [start:cursor-check]
    try:
        payload = _signer().unsign_object(cursor, max_age=max_age)
    except SignatureExpired as exc:
        raise _refused("expired", "This cursor has expired. Start again without one.") from exc
    except BadSignature as exc:
        raise _refused("bad_signature", "This is not a cursor of this service, or it was altered.") from exc
    forward, inclusive, its_ordering, its_scope, values = payload
    if its_ordering != ordering:
        raise _refused(
            "other_ordering",
            f"This cursor was made for ordering={its_ordering}, not {ordering}. Start again without one.",
        )
    if its_scope != scope:
        raise _refused(
            "other_list",
            "This cursor was made for another address or other filters. Start again without one.",
        )
    return Place(tuple(_unpacked(value) for value in values), forward, inclusive)
    # --8<-- [end:cursor-check]


def _refused(code: str, detail: str) -> Problem:
    errors = [FieldError(parameter="cursor", code=code, detail=detail)]
    return Problem(status=400, type="invalid-cursor", detail=detail, errors=errors)


class CursorSigner(TimestampSigner):
    """Signs as its base does, HMAC-SHA-256, but derives a key once and not for each signature: a page has three."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        derived = _derived_key(f"{force_str(self.salt)}signer", key or self.key)
        return b64_encode(hmac.digest(derived, force_bytes(value), "sha256")).decode()


@lru_cache(maxsize=8)
def _derived_key(salt: str, secret: str | bytes) -> bytes:
    """Return what ``django.utils.crypto.salted_hmac`` makes of them."""
    return hashlib.sha256(salt.encode() + force_bytes(secret)).digest()


def _signer() -> CursorSigner:
    return _signer_of(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=8)
def _signer_of(key: str | bytes, *fallbacks: str | bytes) -> CursorSigner:
    # Change the salt with the payload's form: cursors of the old form are then refused, not misread.
    return CursorSigner(key=key, salt="lab_rest.cursor.1", sep=".", fallback_keys=[*fallbacks])


def _packed(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    for tag, (kind, _) in TAGS.items():  # datetime stands before date, which it is a subclass of
        if isinstance(value, kind):
            return [tag, value.isoformat() if isinstance(value, date) else str(value)]
    raise ImproperlyConfigured(f"A cursor cannot carry {type(value).__name__}: order by another column.")


def _unpacked(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    tag, text = value
    return TAGS[tag][1](text)
