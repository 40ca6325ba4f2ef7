"""One id per request: taken from X-Request-ID, echoed on the answer, written beside every log line."""

import logging
import re
import secrets
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from rest_framework.request import Request

HEADER, IN_META = "X-Request-ID", "HTTP_X_REQUEST_ID"
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,128}")
current: ContextVar[str] = ContextVar("request_id", default="-")


def request_id_of(request: HttpRequest | Request) -> str:
    """Return the request's id; make one where no ``RequestIdMiddleware`` has."""
    plain: Any = request._request if isinstance(request, Request) else request
    if not hasattr(plain, "request_id"):
        sent = plain.META.get(IN_META)
        plain.request_id = sent if sent and ACCEPTED.fullmatch(sent) else secrets.token_hex(16)
    return str(plain.request_id)


class RequestIdMiddleware(MiddlewareMixin):
    """
    Give the request an id (``request.request_id``) and echo it as ``X-Request-ID``; put it first.

    A client's or proxy's id is kept when it is 1 to 128 of ``A-Z a-z 0-9 . _ -``: none can forge a log line.
    """

    def process_request(self, request: HttpRequest) -> None:
        current.set(request_id_of(request))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response[HEADER] = request_id_of(request)
        current.set("-")
        return response


class RequestIdFilter(logging.Filter):
    """Set ``record.request_id`` ("-" outside a request), for ``%(request_id)s`` in a log format."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)  # Django logs an answer after all middleware
        record.request_id = getattr(request, "request_id", None) or current.get()
        return True
