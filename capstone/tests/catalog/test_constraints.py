"""What the database itself refuses."""

import pytest
from cast import make_audiobook, make_book, make_chapters, make_genre, make_person
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from audiobooks.catalog.models import Audiobook, Chapter, Credit, Genre, Person
from audiobooks.catalog.sorting import sort_key


def refused(write) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start_ms", "end_ms", "is_refused"),
    [
        (0, 1000, True),
        (999, 1001, True),
        (500, 600, True),
        (1000, 1000, True),
        (1000, 900, True),
        (1000, 2000, False),
    ],
)
def test_chapters_have_a_length_and_never_overlap(start_ms, end_ms, is_refused):
    audiobook = make_audiobook()
    make_chapters(audiobook, 1000)

    def write():
        Chapter.objects.create(audiobook=audiobook, position=2, title="2", start_ms=start_ms, end_ms=end_ms)

    assert refused(write) is is_refused


@pytest.mark.django_db
def test_chapters_of_two_recordings_may_lie_at_the_same_time():
    make_chapters(make_audiobook(), 1000)
    make_chapters(make_audiobook(), 1000)

    assert Chapter.objects.count() == 2


@pytest.mark.django_db
def test_rows_that_make_no_sense_are_refused():
    person, audiobook, book = make_person(), make_audiobook(), make_book()
    Credit.objects.create(audiobook=audiobook, person=person, role="author", position=1)
    genre = make_genre("novel")

    writes = {
        "credited twice": lambda: Credit.objects.create(
            audiobook=audiobook, person=person, role="author", position=2
        ),
        "two at one position": lambda: Credit.objects.create(
            audiobook=audiobook, person=make_person(), role="author", position=1
        ),
        "unknown role": lambda: Credit.objects.create(
            audiobook=audiobook, person=person, role="cook", position=1
        ),
        "dies before birth": lambda: Person.objects.create(
            name="X", sort_name="x", born_year=1900, died_year=1800
        ),
        "its own parent": lambda: Genre.objects.filter(pk=genre.pk).update(parent=genre),
        "negative duration": lambda: make_audiobook(book=book, duration_ms=-1),
        "unknown status": lambda: Audiobook.objects.update(status="lost"),
        "unknown access": lambda: Audiobook.objects.update(access="secret"),
    }

    assert [why for why, write in writes.items() if not refused(write)] == []


@pytest.mark.parametrize(
    ("title", "language", "expected"),
    [
        ("L’Étranger", "fr", "etranger, l'"),
        ("L'Étranger", "fr-FR", "etranger, l'"),
        ("The Time Machine", "en-GB", "time machine, the"),
        ("The", "en", "the"),
        ("Der Prozess", "de", "prozess, der"),
        ("Der Prozess", "en", "der prozess"),
        ("Кому на Руси жить хорошо", "ru", "кому на руси жить хорошо"),
        ("Śmierć  w\tŁodzi", "pl", "smierc w lodzi"),
        ("STRASSE", "de", "strasse"),
        ("Straße", "de", "strasse"),
    ],
)
def test_titles_sort_without_regard_to_case_accents_and_articles(title, language, expected):
    assert sort_key(title, language) == expected


@given(st.text(), st.sampled_from(["", "en", "fr", "de", "pt-BR"]))
def test_a_sort_key_fits_its_column_and_has_no_space_to_trip_over(text, language):
    key = sort_key(text, language)

    assert len(key) <= 300
    assert key == " ".join(key.split())
