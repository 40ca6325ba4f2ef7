"""The same 40 recordings in one wide sheet, and in the catalogue's tables: what each lets happen."""

from datetime import date

import stage

stage.begin()

from django.db import IntegrityError, connection, transaction  # noqa: E402 -- once Django is set up

from audiobooks.catalog.models import Audiobook, Book, Chapter, Credit, Person  # noqa: E402

AUTHORS = {"Charlotte Brontë": 1816, "Jules Verne": 1828, "Mary Shelley": 1797, "Kate Chopin": 1850}
TYPED = {"Charlotte Brontë": "Charlotte Bronte", "Jules Verne": "Verne, Jules"}  # every fifth time
# --8<-- [start:sheet]
SHEET = """
    CREATE TABLE sheet (
        title text, language text, authors text, author_born smallint,
        chapter_1_start bigint, chapter_1_end bigint, chapter_2_start bigint, chapter_2_end bigint
    )
"""
# --8<-- [end:sheet]


def ask(statement: str, *values: object) -> int:
    """Return the one number a query answers, or how many rows a change changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0] if cursor.description else cursor.rowcount


def fill_sheet() -> None:
    """Type 40 rows; two of them have two authors in one cell."""
    ask(SHEET)
    for number in range(40):
        name = list(AUTHORS)[number % 4]
        typed = TYPED.get(name, name) if number % 5 == 0 else name
        authors = f"{typed} & Kate Chopin" if number in (8, 9) else typed
        ask(
            "INSERT INTO sheet VALUES (%s, 'en', %s, %s, 0, 60000, 60000, 120000)",
            f"Title {number:02}",
            authors,
            AUTHORS[name],
        )


def fill_tables() -> None:
    """Store the same 40 recordings as works, recordings, people and credits."""
    people = {
        name: Person.objects.create(name=name, sort_name=name.lower(), born_year=born)
        for name, born in AUTHORS.items()
    }
    for number in range(40):
        title, name = f"Title {number:02}", list(AUTHORS)[number % 4]
        book = Book.objects.create(title=title, sort_title=title.lower(), original_language="en")
        recording = Audiobook.objects.create(
            book=book, title=title, sort_title=title.lower(), language="en", released_on=date(2024, 5, 17)
        )
        authors = [people[name], people["Kate Chopin"]] if number in (8, 9) else [people[name]]
        for position, person in enumerate(authors, 1):
            Credit.objects.create(audiobook=recording, person=person, role="author", position=position)
        for position in (1, 2):
            Chapter.objects.create(
                audiobook=recording,
                position=position,
                title=f"{position}",
                start_ms=(position - 1) * 60_000,
                end_ms=position * 60_000,
            )


def accepted(write) -> int:
    """Return 1 where the database takes the rows, 0 where it refuses them."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return 0
    return 1


def overlapping_chapter() -> None:
    """Let the second chapter of one recording begin before the first one ends."""
    Chapter.objects.filter(audiobook__title="Title 00", position=2).update(start_ms=30_000)


def main() -> None:
    """Count the same things in both."""
    fill_sheet()
    fill_tables()
    verne = Person.objects.get(name="Jules Verne")
    rows = [
        (
            "authors, by counting",
            ask("SELECT count(DISTINCT authors) FROM sheet"),
            Person.objects.count(),
        ),
        (
            "Kate Chopin's recordings found, of 12",
            ask("SELECT count(*) FROM sheet WHERE authors = 'Kate Chopin'"),
            Audiobook.objects.filter(credits__person__name="Kate Chopin").count(),
        ),
        (
            "rows changed to rename Jules Verne",
            ask("UPDATE sheet SET authors = 'Jules G. Verne' WHERE authors = 'Jules Verne'"),
            Person.objects.filter(pk=verne.pk).update(name="Jules G. Verne"),
        ),
        (
            "recordings of his that keep the old name",
            ask(
                "SELECT count(*) FROM sheet WHERE author_born = 1828 AND authors NOT LIKE '%%Jules G. Verne%%'"
            ),
            Audiobook.objects.filter(credits__person=verne).exclude(people__name="Jules G. Verne").count(),
        ),
        (
            "overlapping chapters accepted",
            ask("UPDATE sheet SET chapter_2_start = 30000 WHERE title = 'Title 00'"),
            accepted(overlapping_chapter),
        ),
        (
            "third chapters that have a place, of 40",
            0,
            sum(
                accepted(
                    lambda recording=recording: Chapter.objects.create(
                        audiobook=recording, position=3, title="3", start_ms=120_000, end_ms=180_000
                    )
                )
                for recording in Audiobook.objects.all()
            ),
        ),
        (
            "birth years known once her recordings are deleted",
            ask("DELETE FROM sheet WHERE author_born = 1797")
            and ask("SELECT count(DISTINCT author_born) FROM sheet"),
            Audiobook.objects.filter(credits__person__born_year=1797).delete()
            and Person.objects.exclude(born_year=None).count(),
        ),
    ]
    stage.table(["of 40 recordings by 4 authors", "one sheet", "the catalogue's tables"], rows)


main()
