"""Which form an answer has: JSON, which nearly everybody asks for in one of three ways."""

from collections.abc import Sequence
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

JSON = "application/json"
PLAINLY_JSON = {"", "*/*", JSON}


class JsonFirst(DefaultContentNegotiation):
    """Answers the usual ``Accept`` without parsing it; any other as ever."""

    def select_renderer(
        self, request: Request, renderers: Sequence[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """Return the renderer and its media type. Raises ``NotAcceptable``."""
        if renderers[0].media_type == JSON and request.META.get("HTTP_ACCEPT", "") in PLAINLY_JSON:
            return renderers[0], JSON
        found: tuple[Any, str] = super().select_renderer(request, renderers, format_suffix)
        return found
