"""One example of each shape, for the OpenAPI document; they belong together, and a test holds them to their schemas."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer

Shape = TypeVar("Shape", bound=type[Any])

GENRE = {"slug": "novel", "name": "Novel", "parent": "fiction"}
PUBLISHER = {"id": "019b76da-a800-7e41-8c6f-1f0a6f3f7d10", "name": "Northern Voices"}
SERIES = {"id": "019b76da-a800-7e41-8c6f-1f0a6f3f7d20", "name": "Highbury"}
SERIES_PLACE = SERIES | {"sequence": "1.5", "label": "1½"}
AUTHOR = {"id": "019b76da-a800-7e41-8c6f-1f0a6f3f7d30", "name": "Jane Austen"}
NARRATOR = {"id": "019b76da-a800-7e41-8c6f-1f0a6f3f7d31", "name": "Edith"}
PERSON = AUTHOR | {"born_year": 1775, "died_year": 1817, "is_synthetic": False}
PERSON_IN = {"name": "Jane Austen", "filed_as": "Austen, Jane", "born_year": 1775, "died_year": 1817}
MERGE_IN = {"into": AUTHOR["id"]}
BOOK_NAME = {"id": "019b76da-a800-7e41-8c6f-1f0a6f3f7d40", "title": "Emma"}
BOOK = BOOK_NAME | {
    "subtitle": "",
    "original_language": "en",
    "first_published_year": 1815,
    "authors": [AUTHOR],
    "genres": [GENRE],
    "series": [SERIES_PLACE],
}
BOOK_IN = {"title": "Emma", "original_language": "en", "first_published_year": 1815}
SERIES_BOOK = {"sequence": "1.5", "label": "1½", "book": BOOK_NAME}
CHAPTER = {"position": 1, "title": "Chapter 1", "start_ms": 0, "end_ms": 1_260_000}
CHAPTERS_IN = {"chapters": [{"title": "Chapter 1", "start_ms": 0, "end_ms": 1_260_000}]}
RATING = {"count": 3, "overall": 4.33, "performance": 4.67, "story": 4.0, "histogram": [0, 0, 1, 0, 2]}
AUDIOBOOK_CARD = {
    "id": "019b76da-a800-7e41-8c6f-1f0a6f3f7d50",
    "title": "Emma",
    "subtitle": "",
    "language": "en",
    "is_abridged": False,
    "released_on": "2026-01-02",
    "duration_ms": 57_600_000,
    "access": "open",
    "status": "ready",
    "book": BOOK_NAME,
    "authors": [AUTHOR],
    "narrators": [NARRATOR],
    "genres": [GENRE],
    "series": [SERIES_PLACE],
    "cover": None,
    "rating": RATING,
}
AUDIOBOOK = AUDIOBOOK_CARD | {
    "summary": "Emma Woodhouse, handsome, clever and rich, arranges the lives of others.",
    "publisher": PUBLISHER,
    "credits": [{"role": "author", "person": AUTHOR}, {"role": "narrator", "person": NARRATOR}],
    "external_ids": [{"scheme": "gutenberg", "value": "158"}],
    "version": 3,
    "created_at": "2026-01-02T09:00:00Z",
    "updated_at": "2026-01-03T10:30:00Z",
}
AUDIOBOOK_CHANGE_IN = {"summary": "Emma arranges the lives of others.", "access": "members"}
AUDIOBOOK_IN = {
    "book": BOOK_NAME["id"],
    "title": "Emma",
    "language": "en",
    "released_on": "2026-01-02",
    "credits": [{"person": AUTHOR["id"], "role": "author"}],
}


def shown_as(value: Mapping[str, Any]) -> Callable[[Shape], Shape]:
    """Give a shape its example."""
    return extend_schema_serializer(examples=[OpenApiExample("Example", value=value)])
