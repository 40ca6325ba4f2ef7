"""``Problem``, and which problem each exception of Django and Django REST framework becomes."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from django.conf import settings
from django.core import exceptions as django
from django.db import DataError
from django.http import Http404, HttpRequest
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions as rest
from rest_framework.fields import get_error_detail
from rest_framework.request import Request

from lab_rest.field_errors import FieldError, body_errors, parameter_errors, summary, unstorable_text

logger = logging.getLogger(__name__)
AnyRequest = HttpRequest | Request

# The exceptions' own words are for the log alone: they may speak of settings and paths.
REFUSALS: Mapping[type[django.SuspiciousOperation], tuple[int, str, str]] = {
    django.DisallowedHost: (400, "unknown-host", "This service does not answer to that Host."),
    django.RequestDataTooBig: (
        413,
        "content-too-large",
        "The limit is {0.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.",
    ),
    django.TooManyFieldsSent: (
        400,
        "too-many-fields",
        "The limit is {0.DATA_UPLOAD_MAX_NUMBER_FIELDS} fields.",
    ),
    django.TooManyFilesSent: (400, "too-many-files", "The limit is {0.DATA_UPLOAD_MAX_NUMBER_FILES} files."),
}


@dataclass(kw_only=True, eq=False)
class Problem(Exception):
    """
    An error with everything its caller needs; raise it anywhere below an API view.

    ``type`` is a kebab-case slug, documented where ``LAB_REST_PROBLEM_BASE`` points; ``title`` is the same for
    every problem of that type (default: the slug in words); ``detail`` speaks of this one occurrence.
    """

    status: int
    type: str
    title: str = ""
    detail: str = ""
    errors: list[FieldError] | None = None
    headers: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        self.title = self.title or self.type.replace("-", " ").capitalize()

    def __str__(self) -> str:
        return self.detail or self.type


def invalid_query(errors: list[FieldError]) -> Problem:
    """Return the 400 for wrong query parameters."""
    return Problem(status=400, type="invalid-query", detail=summary(errors), errors=errors)


@singledispatch
def problem_for(exc: BaseException | None, request: AnyRequest) -> Problem | None:
    """
    Return the problem that tells of ``exc``, or None where it is a defect of ours (a 500).

    Teach it your own exceptions: ``problem_for.register(OutOfStock, lambda exc, request: Problem(…))``.
    """
    return None


@problem_for.register
def _problem(exc: Problem, request: AnyRequest) -> Problem:
    return exc


@problem_for.register
def _api_exception(exc: rest.APIException, request: AnyRequest) -> Problem:
    detail: Any = exc.detail
    if isinstance(detail, Mapping):  # simplejwt's {"detail": …, "code": …, "messages": […]}
        detail = detail.get("detail", exc.default_detail)
    elif isinstance(detail, list):
        detail = " ".join(map(str, detail))
    slug = detail.code if isinstance(detail, rest.ErrorDetail) and detail.code else exc.default_code
    if isinstance(exc, rest.NotAcceptable):
        known = ", ".join(str(renderer.media_type) for renderer in exc.available_renderers or ())
        detail = f"This address answers {known}; the Accept header allows none of it."
    headers: dict[str, str] = {}
    if authenticate := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = authenticate
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    if isinstance(exc, rest.UnsupportedMediaType) and isinstance(request, Request):
        # RFC 9110, section 15.5.16: say what would have been accepted.
        headers["Accept"] = ", ".join(str(parser.media_type) for parser in request.parsers or ())
    return Problem(status=exc.status_code, type=slug.replace("_", "-"), detail=str(detail), headers=headers)


@problem_for.register
def _invalid_input(exc: rest.ValidationError, request: AnyRequest) -> Problem:
    detail: Any = exc.detail
    if request.method in ("GET", "HEAD") and isinstance(detail, Mapping):  # no body: the query is the input
        return invalid_query(parameter_errors(detail))
    errors = body_errors(detail)
    return Problem(status=400, type="invalid-input", detail=summary(errors), errors=errors)


@problem_for.register
def _invalid_value(exc: django.ValidationError, request: AnyRequest) -> Problem:
    return _invalid_input(rest.ValidationError(get_error_detail(exc)), request)


@problem_for.register
def _not_found(exc: Http404, request: AnyRequest) -> Problem:
    # The URL resolver's Http404 carries the list of patterns tried: not for the caller.
    said = str(exc.args[0]) if exc.args and isinstance(exc.args[0], str) else ""
    return Problem(status=404, type="not-found", detail=said or "There is nothing at this address.")


@problem_for.register
def _permission_denied(exc: django.PermissionDenied, request: AnyRequest) -> Problem:
    return Problem(status=403, type="permission-denied", detail=str(exc) or "You may not do this.")


@problem_for.register(django.BadRequest)
@problem_for.register(MultiPartParserError)
def _bad_request(exc: Exception, request: AnyRequest) -> Problem:
    return Problem(status=400, type="bad-request", detail=str(exc) or "The request could not be read.")


@problem_for.register
def _suspicious_operation(exc: django.SuspiciousOperation, request: AnyRequest) -> Problem:
    status, slug, detail = REFUSALS.get(type(exc), (400, "bad-request", "The server refuses this request."))
    return Problem(status=status, type=slug, detail=detail.format(settings))


@problem_for.register(DataError)
@problem_for.register(ValueError)
def _unstorable_text(exc: Exception, request: AnyRequest) -> Problem | None:
    """PostgreSQL's text holds neither NUL nor surrogates: when the request sent one, that is a 400, not a 500."""
    errors = unstorable_text(request)
    if not errors:
        return None
    logger.warning("Refused text that cannot be stored", exc_info=exc)
    return Problem(status=400, type="unstorable-text", detail=summary(errors), errors=errors)
