"""``Problem``, and which problem each exception of Django and Django REST framework becomes."""

import logging
import math
from collections.abc import Mapping
from functools import singledispatch
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.http import Http404, HttpRequest
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    NotAcceptable,
    Throttled,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.fields import get_error_detail
from rest_framework.request import Request

from lab_rest.field_errors import FieldError, body_errors, parameter_errors, unstorable_text

logger = logging.getLogger(__name__)
AnyRequest = HttpRequest | Request

REFUSALS: Mapping[type[SuspiciousOperation], tuple[int, str, str, str]] = {
    DisallowedHost: (400, "unknown-host", "Unknown host", "This service does not answer to that Host."),
    RequestDataTooBig: (
        413,
        "content-too-large",
        "Content too large",
        "The body is larger than {0.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.",
    ),
    TooManyFieldsSent: (
        400,
        "too-many-fields",
        "Too many fields",
        "The form has more than {0.DATA_UPLOAD_MAX_NUMBER_FIELDS} fields.",
    ),
    TooManyFilesSent: (
        400,
        "too-many-files",
        "Too many files",
        "The form has more than {0.DATA_UPLOAD_MAX_NUMBER_FILES} files.",
    ),
}


class Problem(Exception):
    """
    An error with everything its caller needs; raise it anywhere below an API view.

    ``type`` is a kebab-case slug, documented where ``LAB_REST_PROBLEM_BASE`` points; ``title`` is the same for
    every problem of that type (default: the status phrase); ``detail`` speaks of this one occurrence.
    """

    def __init__(
        self,
        *,
        status: int,
        type: str,  # noqa: A002 -- the member's name in RFC 9457
        title: str = "",
        detail: str = "",
        errors: list[FieldError] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or type)
        self.status = status
        self.type = type
        self.title = title or HTTPStatus(status).phrase
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})


def invalid_query(errors: list[FieldError]) -> Problem:
    """Return the 400 for wrong query parameters."""
    count = len(errors)
    detail = errors[0]["detail"] if count == 1 else f"{count} query parameters are not valid: see errors."
    return Problem(status=400, type="invalid-query", title="Invalid query", detail=detail, errors=errors)


@singledispatch
def problem_for(exc: Exception, request: AnyRequest) -> Problem | None:
    """
    Return the problem that tells of ``exc``, or None where it is a defect of ours (a 500).

    Teach it your own exceptions: ``problem_for.register(OutOfStock, lambda exc, request: Problem(…))``.
    """
    return None


@problem_for.register
def _problem(exc: Problem, request: AnyRequest) -> Problem:
    return exc


@problem_for.register
def _api_exception(exc: APIException, request: AnyRequest) -> Problem:
    detail: Any = exc.detail
    if isinstance(detail, Mapping):  # simplejwt's {"detail": …, "code": …, "messages": […]}
        detail = detail.get("detail", exc.default_detail)
    elif isinstance(detail, list):
        detail = " ".join(map(str, detail))
    slug = detail.code if isinstance(detail, ErrorDetail) and detail.code else exc.default_code
    authenticate = getattr(exc, "auth_header", None)
    headers = {"WWW-Authenticate": authenticate} if authenticate else None
    return Problem(status=exc.status_code, type=slug.replace("_", "-"), detail=str(detail), headers=headers)


@problem_for.register
def _invalid_input(exc: ValidationError, request: AnyRequest) -> Problem:
    detail: Any = exc.detail
    if request.method in ("GET", "HEAD") and isinstance(detail, Mapping):  # no body: the query is the input
        return invalid_query(parameter_errors(detail))
    errors = body_errors(detail)
    title, count = "Invalid input", len(errors)
    detail = errors[0]["detail"] if count == 1 else f"{count} values of the body are not valid: see errors."
    return Problem(status=400, type="invalid-input", title=title, detail=detail, errors=errors)


@problem_for.register
def _invalid_value(exc: DjangoValidationError, request: AnyRequest) -> Problem:
    return _invalid_input(ValidationError(get_error_detail(exc)), request)


@problem_for.register
def _throttled(exc: Throttled, request: AnyRequest) -> Problem:
    problem = _api_exception(exc, request)
    wait = getattr(exc, "wait", None)
    if wait is not None:
        problem.headers["Retry-After"] = str(max(1, math.ceil(wait)))
    return problem


@problem_for.register
def _not_acceptable(exc: NotAcceptable, request: AnyRequest) -> Problem:
    problem = _api_exception(exc, request)
    known = ", ".join(renderer.media_type or "" for renderer in exc.available_renderers or ())
    problem.detail = f"This address answers {known}; the Accept header allows none of it."
    return problem


@problem_for.register
def _unsupported_media_type(exc: UnsupportedMediaType, request: AnyRequest) -> Problem:
    problem = _api_exception(exc, request)
    if isinstance(request, Request):  # RFC 9110, section 15.5.16: say what would have been accepted
        problem.headers["Accept"] = ", ".join(parser.media_type or "" for parser in request.parsers or ())
    return problem


@problem_for.register
def _not_found(exc: Http404, request: AnyRequest) -> Problem:
    # The URL resolver's Http404 carries the list of patterns tried: not for the caller.
    said = str(exc.args[0]) if exc.args and isinstance(exc.args[0], str) else ""
    return Problem(status=404, type="not-found", detail=said or "There is nothing at this address.")


@problem_for.register
def _permission_denied(exc: PermissionDenied, request: AnyRequest) -> Problem:
    return Problem(status=403, type="permission-denied", detail=str(exc) or "You may not do this.")


@problem_for.register(BadRequest)
@problem_for.register(MultiPartParserError)
def _bad_request(exc: Exception, request: AnyRequest) -> Problem:
    return Problem(status=400, type="bad-request", detail=str(exc) or "The request could not be read.")


@problem_for.register
def _suspicious_operation(exc: SuspiciousOperation, request: AnyRequest) -> Problem:
    # The exception's own words are for the log: they may speak of settings and paths.
    default = (400, "bad-request", "Bad Request", "The server refuses this request.")
    status, slug, title, detail = REFUSALS.get(type(exc), default)
    return Problem(status=status, type=slug, title=title, detail=detail.format(settings))


@problem_for.register(DataError)
@problem_for.register(ValueError)
def _unstorable_text(exc: Exception, request: AnyRequest) -> Problem | None:
    """PostgreSQL's text holds neither NUL nor surrogates: when the request sent one, that is a 400, not a 500."""
    errors = unstorable_text(request)
    if not errors:
        return None
    logger.warning("Refused text that cannot be stored", exc_info=exc)
    return Problem(status=400, type="unstorable-text", detail=errors[0]["detail"], errors=errors)
