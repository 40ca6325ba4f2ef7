"""
Asking for a look-up.

Nobody waits for the other catalogue but a worker: a look-up is a row and an event in one transaction.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from audiobooks.catalog.models import Audiobook, Credit
from audiobooks.enrichment import selectors
from audiobooks.enrichment.models import Lookup
from audiobooks.errors import Conflict, DomainError, Invalid, NotFound
from lab_celery import outbox


class NoBookApi(DomainError):
    """There is nobody to ask."""

    def __init__(self) -> None:
        super().__init__("no_book_api", "No book API is set up here: BOOK_API_URL names one.")


def lookup_begin(*, audiobook_id: UUID, curator_id: UUID, isbn: str, now: datetime) -> Lookup:
    """
    Promise to look a recording up: by ``isbn``, by the one it has, or by its work's title and first author.

    Raises ``NotFound``; ``NoBookApi``; ``Conflict("lookup_running")`` while one of this curator's waits. Publishes
    ``enrichment.lookup_begun``.
    """
    if not settings.BOOK_API_URL:
        raise NoBookApi
    audiobook = Audiobook.objects.select_related("book").filter(pk=audiobook_id).first()
    if audiobook is None:
        raise NotFound("audiobook_unknown", f"There is no audiobook {audiobook_id}.")
    isbn = isbn or selectors.current_values(audiobook)["isbn"]
    credit = audiobook.credits.filter(role=Credit.Role.AUTHOR).select_related("person").first()
    author = credit.person.name if credit else ""
    asks = {"isbn": isbn} if isbn else {"title": audiobook.book.title, "author": author}
    with transaction.atomic():
        lost = Lookup.objects.filter(audiobook=audiobook, curator=curator_id, state=Lookup.State.QUEUED)
        lost.filter(changed_at__lte=now - Lookup.LONGEST).update(
            state=Lookup.State.FAILED, reason_code="worker_lost", reason="Nobody did it within an hour."
        )
        try:
            with transaction.atomic():
                lookup = Lookup.objects.create(
                    audiobook=audiobook, curator_id=curator_id, created_at=now, changed_at=now, **asks
                )
        except IntegrityError as error:
            raise Conflict("lookup_running", "You are having this recording looked up already.") from error
        outbox.publish("enrichment.lookup_begun", lookup_id=lookup.id)
    return lookup


def isbn_normal(text: str) -> str:
    """Return an ISBN of 10 or 13 without hyphens and spaces. Raises ``Invalid`` where its check digit is wrong."""
    isbn = text.replace("-", "").replace(" ", "").upper()
    digits = [10 if mark == "X" else int(mark) for mark in isbn if mark in "0123456789X"]
    if len(isbn) == len(digits) == 10 and "X" not in isbn[:9]:
        is_right = (
            sum(weight * digit for weight, digit in zip(range(10, 0, -1), digits, strict=True)) % 11 == 0
        )
    else:
        is_right = isbn.isascii() and isbn.isdigit() and len(isbn) == 13
        is_right = is_right and sum(d * (1 + 2 * (n % 2)) for n, d in enumerate(digits)) % 10 == 0
    if not is_right:
        raise Invalid("not_an_isbn", f"{text!r:.40} is no ISBN of 10 or 13 digits: the check digit tells.")
    return isbn
