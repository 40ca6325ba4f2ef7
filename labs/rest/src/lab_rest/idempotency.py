"""
Idempotency keys: a POST that is sent twice has its effect once, and the same answer twice.

Follows draft-ietf-httpapi-idempotency-key-header-07 (October 2025). Settings that use it::

    INSTALLED_APPS = ["lab_rest", …]  # one table
    LAB_REST_IDEMPOTENCY_LIFETIME = timedelta(hours=24)  # the default; ``prune`` deletes what is older

- The *same request* has the same method, address, content type and bytes. Another under a used key is a 422.
- The *same caller* has the same ``request.user.pk``. A key from an anonymous caller is a 401: an internet address
  is shared by people who must not see each other's answers.
- *Stored* are answers below 400, in the effect's transaction. An error, raised or returned, rolls the effect
  back, so the key is free again. (The draft's section 2.6 would replay errors too; a 409 or a 503 that passes in
  a second would then stick to its key for a day.)
- A *crash* ends the transaction, and with it effect, record and lock.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from lab_rest.exceptions import Problem
from lab_rest.models import IdempotencyRecord

P = ParamSpec("P")
View = TypeVar("View", bound=APIView)
Method = Callable[Concatenate[View, Request, P], HttpResponseBase]

MAX_KEY = 255
MAX_BODY_BYTES = 256 * 1024
KEPT_HEADERS = (
    "Content-Language",
    "Content-Location",
    "Content-Type",
    "ETag",
    "Last-Modified",
    "Link",
    "Location",
)
QUOTED = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')  # RFC 9651, section 3.3.3
BARE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+")  # visible, and none of " , ; \


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose key it is, and where: ``route`` is the URL's pattern, so a key used at another address of it is a 422."""

    caller: str
    route: str
    key: str


def idempotent(*, required: bool = False) -> Callable[[Method[View, P]], Method[View, P]]:
    """
    Decorate a view's ``post`` so that it honours Idempotency-Key; ``required`` refuses a request without one.

    The method runs inside a transaction, which also renders its answer, and must not be inside another
    (ATOMIC_REQUESTS). A repeated request gets the first answer's status, body and ``KEPT_HEADERS``, with
    ``Idempotency-Replayed: true``; authentication and the view's permissions are checked first, as ever.
    Problems: 400 ``idempotency-key-required`` and ``invalid-idempotency-key``, 409 ``idempotency-key-in-flight``,
    422 ``idempotency-key-reused``. 3 queries more, 2 for a replay.
    """

    def decorate(method: Method[View, P]) -> Method[View, P]:
        @wraps(method)
        def post(view: View, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            header = request.headers.get("Idempotency-Key")
            if header is None:
                if required:
                    asked = "Send an Idempotency-Key, such as a UUID."
                    raise Problem(status=400, type="idempotency-key-required", detail=asked)
                return method(view, request, *args, **kwargs)

            def respond() -> HttpResponse:
                answer = method(view, request, *args, **kwargs)
                final = view.finalize_response(request, answer, *args, **kwargs)  # type: ignore[arg-type]  # takes any
                return _rendered(final)

            return _once(_scope_of(request, read_key(header)), _fingerprint_of(request), respond)

        return post

    return decorate


def read_key(header: str) -> str:
    """
    Return the key of an Idempotency-Key header: 1 to 255 printable ASCII characters.

    The draft's section 2.1 asks for a structured string, ``"8e03…"``; the bare form that many clients send,
    ``8e03…``, is the same key. Raises a 400 ``Problem``.
    """
    header = header.strip(" ")
    if quoted := QUOTED.fullmatch(header):
        key = re.sub(r"\\(.)", r"\1", quoted[1])
    else:
        key = header if BARE.fullmatch(header) else ""
    if not 1 <= len(key) <= MAX_KEY:
        asked = f"Send one key of 1 to {MAX_KEY} printable ASCII characters in double quotes, such as a UUID."
        raise Problem(status=400, type="invalid-idempotency-key", detail=asked)
    return key


def prune(*, now: datetime) -> int:
    """Delete the records that have expired at ``now`` (aware UTC), and return how many."""
    return IdempotencyRecord.objects.filter(created_at__lte=now - _lifetime()).delete()[0]


def _once(scope: Scope, fingerprint: bytes, respond: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer from the scope's record; where there is none, by ``respond``, whose effect commits with the record."""
    # --8<-- [start:idempotency-record]
    with transaction.atomic(durable=True):
        if not _try_lock(scope):
            raise Problem(
                status=409,
                type="idempotency-key-in-flight",
                detail="The first request with this key is still running. Ask again.",
                headers={"Retry-After": "1"},
            )
        now = timezone.now()
        alive = IdempotencyRecord.objects.filter(created_at__gt=now - _lifetime())
        if record := alive.filter(**asdict(scope)).first():
            return _replay(record, fingerprint)
        response = respond()
        if response.status_code >= 400:
            transaction.set_rollback(True)
        else:
            _store(scope, fingerprint, response, now)
        return response
    # --8<-- [end:idempotency-record]


def _try_lock(scope: Scope) -> bool:
    # The lock outlives the commit's becoming visible, so whoever gets it next sees the record. Two keys that
    # share the 64 bits cost one of them a 409, no more.
    digest = hashlib.sha256(json.dumps(["lab_rest.idempotency", *asdict(scope).values()]).encode()).digest()
    with connection.cursor() as cursor:
        number = int.from_bytes(digest[:8], "big", signed=True)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _replay(record: IdempotencyRecord, fingerprint: bytes) -> HttpResponse:
    # --8<-- [start:idempotency-replay]
    if bytes(record.fingerprint) != fingerprint:
        detail = "This key was sent with another request. A new request needs a new key."
        raise Problem(status=422, type="idempotency-key-reused", detail=detail)
    headers = {**record.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(bytes(record.body), status=record.status, headers=headers)
    # --8<-- [end:idempotency-replay]


def _store(scope: Scope, fingerprint: bytes, response: HttpResponse, now: datetime) -> None:
    record = IdempotencyRecord(
        **asdict(scope),
        fingerprint=fingerprint,
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
        body=response.content,
        created_at=now,
    )
    IdempotencyRecord.objects.bulk_create(  # a record that has expired gives way
        [record],
        update_conflicts=True,
        unique_fields=["caller", "route", "key"],
        update_fields=["fingerprint", "status", "headers", "body", "created_at"],
    )


def _rendered(response: HttpResponseBase) -> HttpResponse:
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    if not isinstance(response, HttpResponse) or len(response.content) > MAX_BODY_BYTES:
        raise ImproperlyConfigured(
            f"An idempotent method answers {MAX_BODY_BYTES} bytes at most, and never streams: it is stored."
        )
    return response


def _scope_of(request: Request, key: str) -> Scope:
    if request.user is None or not request.user.is_authenticated:
        raise NotAuthenticated("An Idempotency-Key belongs to a caller: say who you are, or leave it out.")
    return Scope(str(request.user.pk), getattr(request.resolver_match, "route", request.path), key)


def _fingerprint_of(request: Request) -> bytes:
    # Keyed, so that the table does not help to guess what was in a body.
    head = json.dumps([request.method, request.get_full_path(), request.content_type])
    value = head.encode() + b"\n" + request.body
    return salted_hmac("lab_rest.idempotency", value, algorithm="sha256").digest()


def _lifetime() -> timedelta:
    lifetime: timedelta = getattr(settings, "LAB_REST_IDEMPOTENCY_LIFETIME", timedelta(hours=24))
    return lifetime
