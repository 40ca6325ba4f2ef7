"""
Problem details (RFC 9457) for every error of Django and Django REST framework.

Settings that use it::

    MIDDLEWARE = ["lab_rest.problems.RequestIdMiddleware", …]
    REST_FRAMEWORK = {"EXCEPTION_HANDLER": "lab_rest.problems.exception_handler"}
    CSRF_FAILURE_VIEW = "lab_rest.problems.csrf_failure"
    LAB_REST_PROBLEM_BASE = "https://example.org/errors/#"  # a problem's type is this and its slug

and in the root URLconf::

    from lab_rest.problems import bad_request, page_not_found, permission_denied, server_error
    handler400, handler403, handler404, handler500 = bad_request, permission_denied, page_not_found, server_error

An API view always answers errors as ``application/problem+json``. Outside API views (unknown addresses, the
admin) a client that prefers ``text/html``, which is a browser, gets Django's page; every other one a problem.
With ``DEBUG = True`` Django shows its own debug pages instead of calling ``handler404`` and ``handler500``.
"""

import json
import logging
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes
from django.views import csrf, defaults
from rest_framework.views import set_rollback

from lab_rest.exceptions import AnyRequest, Problem, problem_for
from lab_rest.field_errors import FieldError
from lab_rest.request_id import RequestIdFilter, RequestIdMiddleware, request_id_of

__all__ = [
    "FieldError",
    "Problem",
    "RequestIdFilter",
    "RequestIdMiddleware",
    "bad_request",
    "csrf_failure",
    "exception_handler",
    "page_not_found",
    "permission_denied",
    "problem_for",
    "problem_response",
    "server_error",
]


def problem_response(request: AnyRequest, problem: Problem) -> HttpResponse:
    """
    Answer ``problem`` as ``application/problem+json``, whatever the request accepts (RFC 9457, section 3).

    Members: ``type, title, status, detail, instance`` (the path), ``request_id`` and, for input, ``errors``.
    """
    # --8<-- [start:problem-document]
    document: dict[str, object] = {
        "type": getattr(settings, "LAB_REST_PROBLEM_BASE", "/errors/#") + problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": escape_leading_slashes(escape_uri_path(request.path)),
        "request_id": request_id_of(request),
    }
    if problem.errors:
        document["errors"] = problem.errors
    # A lone surrogate has no UTF-8 form: "backslashreplace" writes it as JSON's own escape, \ud800.
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return HttpResponse(
        body, status=problem.status, headers=problem.headers, content_type="application/problem+json"
    )
    # --8<-- [end:problem-document]


def exception_handler(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """
    Answer ``exc`` for Django REST framework; None leaves a defect to Django: ``handler500``, logged there.

    The answer is a plain ``HttpResponse``, so that it stays a problem where content negotiation failed (406).
    """
    problem = problem_for(exc, context["request"])
    if problem is None:
        return None
    if isinstance(exc, SuspiciousOperation):  # Django's own handling would have told the security log
        logging.getLogger(f"django.security.{type(exc).__name__}").error(
            "%s", exc, extra={"status_code": problem.status, "request": context["request"]}
        )
    set_rollback()
    return problem_response(context["request"], problem)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler400``."""
    return _page_or_problem(request, exception, defaults.bad_request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler403``."""
    return _page_or_problem(request, exception, defaults.permission_denied)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler404``."""
    return _page_or_problem(request, exception, defaults.page_not_found)


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``: says nothing about a defect but the id under which the log tells of it."""
    problem = problem_for(sys.exc_info()[1], request)
    if (
        problem is not None
    ):  # no defect: a plain view raised a Problem, or was given text that cannot be stored
        return problem_response(request, problem)
    if _prefers_html(request):
        return _varying(defaults.server_error(request))
    detail = f"Something failed on our side. Quote {request_id_of(request)} when you report it."
    return _varying(problem_response(request, Problem(status=500, type="server-error", detail=detail)))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``CSRF_FAILURE_VIEW``."""
    if _prefers_html(request):
        return _varying(csrf.csrf_failure(request, reason=reason))
    problem = Problem(status=403, type="csrf-failed", title="CSRF failed", detail=reason)
    return _varying(problem_response(request, problem))


def _page_or_problem(
    request: HttpRequest, exc: Exception, page: Callable[[HttpRequest, Exception], HttpResponse]
) -> HttpResponse:
    problem = problem_for(exc, request)
    if problem is None or _prefers_html(request):
        return _varying(page(request, exc))
    return _varying(problem_response(request, problem))


def _varying(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Accept"])
    return response


def _prefers_html(request: HttpRequest) -> bool:
    kinds = ["application/problem+json", "application/json", "text/html"]
    return request.get_preferred_type(kinds) == "text/html"
