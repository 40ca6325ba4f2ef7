"""Works: create and change."""

from dataclasses import dataclass, fields
from uuid import UUID

from django.db import transaction

from audiobooks.catalog.models import Book, Genre
from audiobooks.catalog.services.versions import versions_count_up
from audiobooks.catalog.sorting import sort_key
from audiobooks.errors import Invalid, NotFound
from lab_rest.preconditions import Precondition


@dataclass(frozen=True, slots=True, kw_only=True)
class BookChange:
    """What to change; None leaves a field as it is. ``genres`` are slugs. Text is plain text already."""

    title: str | None = None
    subtitle: str | None = None
    original_language: str | None = None
    first_published_year: int | None = None
    genres: tuple[str, ...] | None = None


def book_create(*, change: BookChange) -> Book:
    """Make a work. Raises ``Invalid`` for an unknown genre."""
    with transaction.atomic():
        book = Book()
        _take(book, change)
        return book


def book_change(*, book_id: UUID, change: BookChange, precondition: Precondition) -> Book:
    """
    Change what is given, and count up the version of its recordings, which show it.

    Raises ``NotFound``, ``PreconditionFailed``, ``Invalid``.
    """
    with transaction.atomic():
        book = precondition.locked(Book.objects.filter(pk=book_id))
        if book is None:
            raise NotFound("book_unknown", f"There is no book {book_id}.")
        _take(book, change)
        versions_count_up(book)
        return book


def _take(book: Book, change: BookChange) -> None:
    for field in fields(change):
        value = getattr(change, field.name)
        if value is not None and field.name != "genres":
            setattr(book, field.name, value)
    book.sort_title = sort_key(book.title, book.original_language)
    book.save()
    if change.genres is not None:
        genres = Genre.objects.in_bulk(change.genres)
        unknown = sorted(set(change.genres) - set(genres))
        if unknown:
            raise Invalid("genre_unknown", f"There is no genre {unknown[0]}: genres/ lists them.")
        book.genres.set(genres.values())
