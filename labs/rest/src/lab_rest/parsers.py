"""JSON bodies of bounded size and depth."""

import io
from collections.abc import Mapping
from typing import IO, Any

from django.http import HttpRequest
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BoundedJSONParser(JSONParser):
    """
    Django REST framework's JSON parser, with two limits it lacks.

    The body counts against ``DATA_UPLOAD_MAX_MEMORY_SIZE`` (413), which otherwise holds for forms alone; nesting
    beyond what Python's decoder follows, about 1,000 levels, is a parse error (400) and not a 500.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.body if isinstance(stream, HttpRequest) else stream.read()
        try:
            return super().parse(io.BytesIO(body), media_type, parser_context)
        except RecursionError as exc:
            raise ParseError("JSON parse error - nested too deeply.") from exc
