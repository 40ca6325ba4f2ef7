"""JSON bodies of bounded size and depth."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BoundedJSONParser(JSONParser):
    """
    Django REST framework's JSON parser, with a limit it lacks.

    It bounds the size (413 beyond ``DATA_UPLOAD_MAX_MEMORY_SIZE``); this one bounds the depth too: nesting beyond
    what Python's decoder follows is a parse error (400), not a 500.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as exc:
            raise ParseError("JSON parse error - nested too deeply.") from exc
