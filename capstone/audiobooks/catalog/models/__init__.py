"""
The catalogue: Book (the work) → Audiobook (one recording) → Chapter, and who and what they belong to.

Times on a recording's timeline are integer milliseconds. Columns that pages are ordered by carry the "C" collation,
so that ORDER BY means the same on every server; ``sorting.py`` makes the text in them.
"""

from audiobooks.catalog.models.cards import Card
from audiobooks.catalog.models.recordings import (
    Audiobook,
    Chapter,
    ChapterSpan,
    Cover,
    Credit,
    ExternalId,
    Rating,
)
from audiobooks.catalog.models.works import (
    Book,
    Genre,
    Person,
    PersonRedirect,
    Publisher,
    Series,
    SeriesEntry,
)
from lab_caching import invalidates

__all__ = [
    "CATALOG",
    "Audiobook",
    "Book",
    "Card",
    "Chapter",
    "ChapterSpan",
    "Cover",
    "Credit",
    "ExternalId",
    "Genre",
    "Person",
    "PersonRedirect",
    "Publisher",
    "Rating",
    "Series",
    "SeriesEntry",
]

# --8<-- [start:declared]
CATALOG = (
    "catalog"  # the topic of every answer that is made of these rows: they change seldom, and show each other
)
for model in (
    Audiobook,
    Book,
    Chapter,
    Cover,
    Credit,
    ExternalId,
    Genre,
    Person,
    PersonRedirect,
    Publisher,
    Rating,
    Series,
    SeriesEntry,
):
    invalidates(model, CATALOG)
# --8<-- [end:declared]
