"""What every answer says to browsers and caches unless its view says better."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
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
            if "Vary" in response.headers:
                patch_vary_headers(response, ["Authorization"])
            else:
                response.headers["Vary"] = "Authorization"
        return response


class ShortWayMiddleware:
    """
    Takes the API past the middleware below, which is for pages: static files, sessions, forms, messages, frames.

    What of it the API needs is done here: a foreign ``Host`` is refused, an answer has its length and is in no frame. A 404
    goes the long way, for a slash may be missing.
    """

    # --8<-- [start:short-way]
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response, self.view = get_response, innermost(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if not request.path.startswith("/api/v1/"):
            return self.get_response(request)
        host = request.get_host()  # raises DisallowedHost
        request.get_host = lambda: host  # type: ignore[method-assign]  # links and caches ask again
        response: HttpResponse = self.view(request)
        if response.status_code == 404 and not request.path.endswith("/"):
            return self.get_response(request)
        response.headers.setdefault("X-Frame-Options", "DENY")
        if not response.streaming and not response.has_header("Content-Length"):
            response.headers["Content-Length"] = str(len(response.content))
        return response

    # --8<-- [end:short-way]


def innermost(get_response: Any) -> Any:
    """Return what all middleware below is wrapped around; Django wraps each in a function of its own, for errors."""
    below = get_response
    while below := getattr(getattr(below, "__wrapped__", None), "get_response", None):
        get_response = below
    return get_response
