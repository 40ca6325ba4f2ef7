"""A draft from what files say of themselves: a start for the curator, who reads it before anybody hears it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from audiobooks.catalog.models import Audiobook, Chapter, Person
from audiobooks.catalog.services.people import PersonChange, person_create
from audiobooks.catalog.services.recordings import (
    MOST_CHAPTERS,
    AudiobookChange,
    ChapterDetails,
    CreditDetails,
    audiobook_create,
)
from audiobooks.catalog.services.works import BookChange, book_create
from audiobooks.errors import Conflict, Invalid
from audiobooks.media.inspection import LONGEST_MS, Inspection, one_line
from audiobooks.media.models import SourceFile

UNKNOWN = "und"  # BCP 47: undetermined
# What programs call each fact, the best name first.
TITLES = ("album", "title")
AUTHORS = ("album_artist", "artist", "author")
NARRATORS = ("narrator", "composer", "performer")
SUMMARIES = ("description", "synopsis", "comment")
DATES = ("date", "year")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the book to be."""

    file_name: str
    sha256: str
    size_bytes: int
    inspection: Inspection


def title_of(parts: Sequence[Part]) -> str:
    """Return what the book is called: by its files' tags, else by the first file's name."""
    tags = parts[0].inspection.tags
    return _first(tags, TITLES if len(parts) == 1 else TITLES[:1]) or _stem(parts[0])


def chapters_of(parts: Sequence[Part]) -> list[ChapterDetails]:
    """Return the chapters on the recording's timeline: a file's own, or the file as one. Raises ``Invalid``."""
    start_ms, chapters = 0, list[ChapterDetails]()
    for part in parts:
        chapters += _moved(part, start_ms)
        start_ms += part.inspection.duration_ms
    if start_ms > LONGEST_MS:
        raise Invalid(
            "audio_beyond_limits",
            f"They last {start_ms} ms: at most {LONGEST_MS // 3_600_000} hours are taken.",
        )
    if len(chapters) > MOST_CHAPTERS:
        raise Invalid(
            "too_many_chapters", f"They have {len(chapters)} chapters: at most {MOST_CHAPTERS} are taken."
        )
    return chapters


def draft_create(parts: Sequence[Part], *, now: datetime) -> Audiobook:
    """Make a work and its recording as a draft, with sound, inside the caller's transaction. Raises ``Invalid``."""
    tags, title = parts[0].inspection.tags, title_of(parts)
    language = _language(tags)
    book = book_create(change=BookChange(title=title, original_language=language))
    audiobook = audiobook_create(
        book_id=book.pk,
        change=AudiobookChange(
            title=title,
            language=language,
            summary=_first(tags, SUMMARIES, most=5000),
            released_on=_released_on(tags) or now.date(),
            credits=(*_credits(tags, AUTHORS, "author"), *_credits(tags, NARRATORS, "narrator")),
        ),
    )
    sound_add(audiobook, parts)
    return audiobook


def sound_add(audiobook: Audiobook, parts: Sequence[Part]) -> None:
    """Give a recording without sound its files, their chapters in the place of any it has, and its duration."""
    if audiobook.source_files.exists():
        raise Conflict("has_audio", "This recording has sound already.")
    start_ms = 0
    for position, part in enumerate(parts, 1):
        _file_create(audiobook, position, start_ms, part)
        start_ms += part.inspection.duration_ms
    audiobook.chapters.all().delete()
    Chapter.objects.bulk_create(
        Chapter(audiobook=audiobook, position=n, title=c.title, start_ms=c.start_ms, end_ms=c.end_ms)
        for n, c in enumerate(chapters_of(parts), 1)
    )
    audiobook.duration_ms = start_ms
    audiobook.save(update_fields=["duration_ms"])


def _file_create(audiobook: Audiobook, position: int, start_ms: int, part: Part) -> None:
    found = part.inspection
    SourceFile.objects.create(
        audiobook=audiobook,
        position=position,
        start_ms=start_ms,
        duration_ms=found.duration_ms,
        media_type=found.media_type,
        codec=found.codec[:20],
        sample_rate_hz=found.sample_rate_hz,
        channels=found.channels,
        size_bytes=part.size_bytes,
        sha256=part.sha256,
    )


def _moved(part: Part, by_ms: int) -> list[ChapterDetails]:
    """Return a file's chapters on the recording's timeline: its own, or itself as one."""
    whole = ChapterDetails(
        _first(part.inspection.tags, TITLES[1:]) or _stem(part), 0, part.inspection.duration_ms
    )
    return [
        ChapterDetails(c.title, c.start_ms + by_ms, c.end_ms + by_ms)
        for c in part.inspection.chapters or (whole,)
    ]


def _first(tags: dict[str, str], names: Sequence[str], most: int = 300) -> str:
    return next((text for name in names if (text := one_line(tags.get(name, ""), most))), "")


def _stem(part: Part) -> str:
    return one_line(PurePath(part.file_name).stem) or "Untitled"


def _language(tags: dict[str, str]) -> str:
    found = tags.get("language", "")
    return found if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", found) and len(found) <= 35 else UNKNOWN


def _released_on(tags: dict[str, str]) -> date | None:
    """Return a whole date; a year alone is mostly the work's, not the recording's."""
    try:
        return date.fromisoformat(_first(tags, DATES)[:10])
    except ValueError:
        return None


def _credits(tags: dict[str, str], names: Sequence[str], role: str) -> list[CreditDetails]:
    people = dict.fromkeys(one_line(name, 200) for name in _first(tags, names, 2000).split(";"))
    return [CreditDetails(_person(name).pk, role) for name in list(people)[:20] if name]


def _person(name: str) -> Person:
    """Return the person who is called exactly so, or a new one: curators merge two that are one."""
    there = Person.objects.filter(name=name).order_by("id").first()
    return there or person_create(change=PersonChange(name=name))
