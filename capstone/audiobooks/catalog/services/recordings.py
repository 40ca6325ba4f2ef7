"""Recordings: create, change, and their chapters; ``statuses`` moves them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from django.db import transaction

from audiobooks.catalog.models import Audiobook, Book, Chapter, Credit, Person, Publisher
from audiobooks.catalog.services.versions import versions_count_up
from audiobooks.catalog.sorting import sort_key
from audiobooks.errors import Invalid, NotFound
from lab_rest.preconditions import Precondition

MOST_CREDITS = 100
MOST_CHAPTERS = 1000


@dataclass(frozen=True, slots=True)
class CreditDetails:
    """Who did what; people of one role are credited in the order they are given in."""

    person_id: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AudiobookChange:
    """What to change; None leaves a field as it is. Text is plain text already."""

    title: str | None = None
    subtitle: str | None = None
    summary: str | None = None
    language: str | None = None
    is_abridged: bool | None = None
    released_on: date | None = None
    access: str | None = None
    publisher_id: UUID | None = None
    credits: tuple[CreditDetails, ...] | None = None


@dataclass(frozen=True, slots=True)
class ChapterDetails:
    """A chapter to be: [start_ms, end_ms)."""

    title: str
    start_ms: int
    end_ms: int


def audiobook_create(*, book_id: UUID, change: AudiobookChange) -> Audiobook:
    """
    Make a draft of a book's recording.

    Raises ``NotFound`` for an unknown book; ``Invalid`` for a person or publisher that does not exist.
    """
    with transaction.atomic():
        if not Book.objects.filter(pk=book_id).exists():
            raise Invalid("book_unknown", f"There is no book {book_id}: create it first.")
        audiobook = Audiobook(book_id=book_id, status=Audiobook.Status.DRAFT)
        _take(audiobook, change)
        audiobook.save()
        if change.credits is not None:
            _credit(audiobook, change.credits)
        versions_count_up(audiobook)  # the work names the authors of its recordings
        return audiobook


def audiobook_change(*, audiobook_id: UUID, change: AudiobookChange, precondition: Precondition) -> Audiobook:
    """Change what is given. Raises ``NotFound``, ``PreconditionFailed``, ``Invalid``."""
    with transaction.atomic():
        audiobook = _locked(audiobook_id, precondition)
        _take(audiobook, change)
        if change.credits is not None:
            _credit(audiobook, change.credits)
        return _bumped(audiobook)


def chapters_replace(
    *, audiobook_id: UUID, chapters: Sequence[ChapterDetails], precondition: Precondition
) -> Audiobook:
    """
    Put these chapters, in this order, in the place of all there are: all or none of them.

    Raises ``NotFound``, ``PreconditionFailed``, ``Invalid``.
    """
    with transaction.atomic():
        audiobook = _locked(audiobook_id, precondition)
        # --8<-- [start:all-or-none]
        _check_timeline(chapters, audiobook.duration_ms)
        audiobook.chapters.all().delete()
        Chapter.objects.bulk_create(
            Chapter(
                audiobook=audiobook, position=position, title=c.title, start_ms=c.start_ms, end_ms=c.end_ms
            )
            for position, c in enumerate(chapters, 1)
        )
        return _bumped(audiobook)
        # --8<-- [end:all-or-none]


def _locked(audiobook_id: UUID, precondition: Precondition) -> Audiobook:
    # --8<-- [start:locked]
    audiobook = precondition.locked(Audiobook.objects.filter(pk=audiobook_id))
    if audiobook is None:
        raise NotFound("audiobook_unknown", f"There is no audiobook {audiobook_id}.")
    return audiobook
    # --8<-- [end:locked]


def _bumped(audiobook: Audiobook) -> Audiobook:
    audiobook.save()
    versions_count_up(audiobook)
    return audiobook


def _take(audiobook: Audiobook, change: AudiobookChange) -> None:
    for field in fields(change):
        value = getattr(change, field.name)
        if value is not None and field.name != "credits":
            setattr(audiobook, field.name, value)
    audiobook.sort_title = sort_key(audiobook.title, audiobook.language)
    if change.publisher_id and not Publisher.objects.filter(pk=change.publisher_id).exists():
        raise Invalid("publisher_unknown", f"There is no publisher {change.publisher_id}.")


def _credit(audiobook: Audiobook, credits_: Sequence[CreditDetails]) -> None:
    if len(set(credits_)) < len(credits_):
        raise Invalid("credit_repeated", "Credit a person once in each role.")
    ids = {credit.person_id for credit in credits_}
    unknown = ids - set(Person.objects.filter(pk__in=ids).values_list("pk", flat=True))
    if unknown:
        raise Invalid("person_unknown", f"There is no person {min(unknown)}: create them first.")
    audiobook.credits.all().delete()
    of_role: dict[str, int] = {}
    for credit in credits_:
        of_role[credit.role] = position = of_role.get(credit.role, 0) + 1
        Credit.objects.create(
            audiobook=audiobook, person_id=credit.person_id, role=credit.role, position=position
        )


def _check_timeline(chapters: Sequence[ChapterDetails], duration_ms: int) -> None:
    end_ms = 0
    for position, chapter in enumerate(chapters, 1):
        if chapter.start_ms < end_ms:
            raise Invalid(
                "chapters_overlap", f"Chapter {position} begins before chapter {position - 1} ends."
            )
        if chapter.end_ms <= chapter.start_ms:
            raise Invalid("chapter_empty", f"Chapter {position} must end after it begins.")
        end_ms = chapter.end_ms
    if duration_ms and end_ms > duration_ms:
        raise Invalid("chapter_beyond_end", f"The last chapter ends after the recording's {duration_ms} ms.")
