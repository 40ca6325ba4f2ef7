"""Who and what the tests are about: plain functions that make one row each, with what a test says of it."""

from datetime import date
from itertools import count
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

import audiobooks.accounts.tasks
import audiobooks.discovery.tasks
import audiobooks.enrichment.tasks
import audiobooks.library.tasks
import audiobooks.media.tasks
import audiobooks.reviews.tasks
import audiobooks.rights.tasks  # noqa: F401 -- who subscribes is known once its module is imported
from audiobooks.accounts.models import User
from audiobooks.accounts.tokens import access_token_for
from audiobooks.catalog.models import (
    Audiobook,
    Book,
    Chapter,
    Credit,
    Genre,
    Person,
    Publisher,
    Series,
    SeriesEntry,
)
from audiobooks.catalog.sorting import sort_key
from config.celery import app
from lab_celery.models import OutboxRow, new_id
from lab_celery.relay import targets

PASSWORD = "a long walk by the sea"
number = count(1)


def make_user(username: str, **but: Any) -> User:
    return User.objects.create_user(username, f"{username}@example.org", but.pop("password", PASSWORD), **but)


def sign_in(user: User) -> APIClient:
    client = APIClient()
    client.credentials(
        HTTP_AUTHORIZATION=f"Bearer {access_token_for(user.principal, now=timezone.now()).text}"
    )
    return client


def make_person(name: str = "", **but: Any) -> Person:
    name = name or f"Person {next(number)}"
    return Person.objects.create(name=name, sort_name=sort_key(but.get("filed_as") or name), **but)


def make_genre(slug: str, parent: Genre | None = None) -> Genre:
    return Genre.objects.create(slug=slug, name=slug.title(), sort_name=slug, parent=parent)


def make_publisher(name: str) -> Publisher:
    return Publisher.objects.create(name=name, sort_name=sort_key(name))


def make_series(name: str, *books: Book) -> Series:
    series = Series.objects.create(name=name, sort_name=sort_key(name))
    for sequence, book in enumerate(books, 1):
        SeriesEntry.objects.create(series=series, book=book, sequence=sequence)
    return series


def make_book(title: str = "", **but: Any) -> Book:
    title = title or f"Book {next(number)}"
    but = {"original_language": "en", "sort_title": sort_key(title, but.get("original_language", "en"))} | but
    return Book.objects.create(title=title, **but)


def make_audiobook(title: str = "", *, authors: Any = (), narrators: Any = (), **but: Any) -> Audiobook:
    """Make a recording that is ready and open, of a book of its own."""
    title = title or f"Audiobook {next(number)}"
    language = but.get("language", "en")
    but = {
        "language": language,
        "released_on": date(2024, 5, 17),
        "status": Audiobook.Status.READY,
        "sort_title": sort_key(title, language),
    } | but
    if but["status"] == Audiobook.Status.READY:
        but.setdefault("duration_ms", 1)
    if "book" not in but:
        but["book"] = make_book(title)
    audiobook = Audiobook.objects.create(title=title, **but)
    for role, people in ((Credit.Role.AUTHOR, authors), (Credit.Role.NARRATOR, narrators)):
        for position, person in enumerate(people, 1):
            Credit.objects.create(audiobook=audiobook, person=person, role=role, position=position)
    return audiobook


def make_chapters(audiobook: Audiobook, *lengths_ms: int) -> list[Chapter]:
    start_ms, chapters = 0, []
    for position, length_ms in enumerate(lengths_ms, 1):
        chapters.append(
            Chapter.objects.create(
                audiobook=audiobook,
                position=position,
                title=f"Chapter {position}",
                start_ms=start_ms,
                end_ms=start_ms + length_ms,
            )
        )
        start_ms += length_ms
    return chapters


def tick(task: Any, **later: str) -> None:
    """Run a periodic task as its schedule would, once."""
    task(event_id=str(new_id()), attempt=1, ids={"due_at": timezone.now().isoformat()} | later)


def keep_promises() -> None:
    """Run in this process what the outbox holds, as the relay and a worker would."""
    for row in OutboxRow.objects.filter(sent_at=None).order_by("id"):
        OutboxRow.objects.filter(pk=row.pk).update(sent_at=row.due_at)
        for one in targets(row):
            app.tasks[one.task](event_id=str(row.event_id), attempt=row.attempt, ids=row.ids)
