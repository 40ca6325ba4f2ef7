"""Which form an answer has: JSON, which nearly everybody asks for in one of three ways."""

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

JSON = "application/json"
PLAINLY_JSON = {"", "*/*", JSON}


class JsonFirst(DefaultContentNegotiation):
    """Answers the usual ``Accept`` without parsing it; any other as ever."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer and its media type. Raises ``NotAcceptable``."""
        first = next(iter(renderers))
        if first.media_type == JSON and request.META.get("HTTP_ACCEPT", "") in PLAINLY_JSON:
            return first, JSON
        found: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return found
