"""What every answer says to browsers and caches unless its view says better."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

MEDIA_ORIGIN = urljoin(settings.MEDIA_BASE_URL, "/").rstrip("/")
# --8<-- [start:policy]
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Swagger UI and the admin set style attributes
        f"img-src 'self' data: {MEDIA_ORIGIN}",  # covers
        f"media-src {MEDIA_ORIGIN}",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    # --8<-- [end:policy]
)


class SafeDefaultsMiddleware:
    """
    Scripts, styles and pictures come from here or not at all; no shared cache keeps an answer of the API, and no
    cache gives one caller's answer to another.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the defaults."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if request.path.startswith(("/api/", "/graphql/")):
            response.headers.setdefault("Cache-Control", "private, no-cache")
            patch_vary_headers(response, ["Authorization"])
        return response


class ForBrowsers:
    """A middleware of Django's that the API has no use for: nobody there has a session, a cookie or a message."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, around it where the API is asked."""
        answer = self.get_response if request.path.startswith("/api/v1/") else super().__call__  # type: ignore[misc]
        response: HttpResponse = answer(request)
        return response


class SessionMiddleware(ForBrowsers, sessions.SessionMiddleware):
    """Sessions, of the admin."""


class AuthenticationMiddleware(ForBrowsers, auth.AuthenticationMiddleware):
    """Who is signed in to the admin."""


class MessageMiddleware(ForBrowsers, messages.MessageMiddleware):
    """What the admin says on the next page."""
