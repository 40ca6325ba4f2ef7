"""What a list of recordings costs in statements, written in four ways; and six more habits, counted."""

from collections.abc import Callable, Iterable
from datetime import date

import stage

stage.begin()

from django.db import models, transaction  # noqa: E402 -- once Django is set up
from django.db.models import Count, F, Prefetch, QuerySet  # noqa: E402

from audiobooks.catalog.models import Audiobook, Book, Credit, Genre, Person, Series, SeriesEntry  # noqa: E402
from audiobooks.catalog.selectors import audiobook_cards  # noqa: E402
from audiobooks.principal import ANONYMOUS  # noqa: E402


def fill(number: int) -> None:
    """Make recordings of one book each, with two authors and two genres."""
    genres = [
        Genre.objects.get_or_create(slug=slug, name=slug, sort_name=slug)[0] for slug in ("novel", "war")
    ]
    start = Audiobook.objects.count()
    for index in range(start, start + number):
        title = f"title {index:04}"
        book = Book.objects.create(title=title, sort_title=title, original_language="en")
        book.genres.set(genres)
        recording = Audiobook.objects.create(
            book=book,
            title=title,
            sort_title=title,
            language="en",
            released_on=date(2024, 5, 17),
            status="ready",
            duration_ms=1,
        )
        for position in (1, 2):
            person = Person.objects.create(name=f"person {index} {position}", sort_name=f"{index} {position}")
            Credit.objects.create(audiobook=recording, person=person, role="author", position=position)


# --8<-- [start:card]
def card(recording: Audiobook) -> tuple[str, list[str], list[str]]:
    """Return what a list shows of a recording."""
    authors = [credit.person.name for credit in recording.credits.all()]
    return recording.book.title, authors, [genre.name for genre in recording.book.genres.all()]


# --8<-- [end:card]


# --8<-- [start:ways]
def ways() -> dict[str, Callable[[], Iterable[Audiobook]]]:
    """Return four ways to fetch the same list."""
    recordings = Audiobook.objects.all()
    joined = recordings.select_related("book")
    fetched = joined.prefetch_related("credits", "book__genres")
    return {
        "as it comes": lambda: recordings,
        "select_related": lambda: joined,
        "and prefetch_related": lambda: fetched,
        "the selector": lambda: audiobook_cards(ANONYMOUS),
    }


# --8<-- [end:ways]


def cost(work: Callable[[], object]) -> int:
    """Return how many statements a piece of work sends; what it changes is taken back."""
    with transaction.atomic():
        with stage.counted() as statements:
            work()
            sent = statements()
        transaction.set_rollback(True)
    return sent


def narrators_asked_again(recordings: QuerySet[Audiobook]) -> None:
    """Filter what was prefetched: the filter is a query of its own, once a recording."""
    for recording in recordings:
        list(recording.credits.filter(role="narrator"))


def narrators_prefetched(recordings: QuerySet[Audiobook]) -> None:
    """Prefetch what is wanted, under a name of its own."""
    narrators = Prefetch("credits", Credit.objects.filter(role="narrator"), to_attr="narrations")
    for recording in recordings.prefetch_related(narrators):
        list(recording.narrations)


def saved_one_by_one() -> None:
    """Change a hundred rows in a hundred statements."""
    for recording in Audiobook.objects.all():
        recording.version += 1
        models.Model.save(recording, update_fields=["version"])


def created_one_by_one(series: Series, books: list[Book]) -> None:
    """Insert a hundred rows in a hundred statements."""
    for number in range(100):
        SeriesEntry(series=series, book=books[number], sequence=number).save(force_insert=True)


def habits(series: Series, books: list[Book]) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """Return pairs: what is often written, and what does the same in fewer statements."""
    everything = Audiobook.objects.all()
    prefetched = everything.prefetch_related("credits")
    entries = [SeriesEntry(series=series, book=book, sequence=n) for n, book in enumerate(books)]
    return {
        "credits counted for each": (
            lambda: [recording.credits.count() for recording in everything.all()],
            lambda: list(everything.annotate(number=Count("credits"))),
        ),
        "a prefetch, filtered": (
            lambda: narrators_asked_again(prefetched.all()),
            lambda: narrators_prefetched(everything.all()),
        ),
        "a column left out by only()": (
            lambda: [recording.language for recording in everything.only("title")],
            lambda: [recording.language for recording in everything.only("title", "language")],
        ),
        "100 rows changed": (saved_one_by_one, lambda: everything.update(version=F("version") + 1)),
        "100 rows inserted": (
            lambda: created_one_by_one(series, books),
            lambda: SeriesEntry.objects.bulk_create(entries),
        ),
        "the same list looked at twice": (
            lambda: (list(everything.all()), list(everything.all())),
            lambda: [list(rows) for rows in [list(everything.all())] * 2],
        ),
    }


def main() -> None:
    """Print both tables."""
    found: dict[str, list[int]] = {}
    for number, more in ((25, 25), (100, 75)):
        fill(more)
        for name, way in ways().items():
            found.setdefault(name, []).append(cost(lambda way=way: [card(recording) for recording in way()]))
        assert Audiobook.objects.count() == number
    stage.table(
        ["statements for a list of", "25", "100"], [(name, *counts) for name, counts in found.items()]
    )
    pairs = habits(Series.objects.create(name="S", sort_name="s"), list(Book.objects.all()))
    rows = [(name, cost(often), cost(instead)) for name, (often, instead) in pairs.items()]
    stage.table(["statements, of 100 recordings", "often written", "instead"], rows)


main()
