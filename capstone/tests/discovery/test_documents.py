"""What search looks in is written with what it is made of."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from cast import make_audiobook, make_genre, make_person, make_publisher, make_series, tick
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audiobooks.catalog.models import Audiobook, Book, Credit, Person, Publisher, Series, SeriesEntry
from audiobooks.catalog.services.people import people_merge
from audiobooks.discovery.models import AudiobookDocument, PersonDocument, SeriesDocument
from audiobooks.discovery.services import documents_later, documents_rebuild
from audiobooks.discovery.tasks import compare_documents
from lab_rest.preconditions import Precondition

pytestmark = pytest.mark.django_db


def value(sql: str, *parameters: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", parameters)
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’Étranger", "l etranger letranger"),
        ("L'ÉTRANGER", "l etranger letranger"),
        ("O‘Brien", "o brien obrien"),
        ("Through the Looking-Glass", "through the looking glass through the lookingglass"),
        ("20,000 Leagues", "20 000 leagues 20000 leagues"),
        ("Straße nach Łódź", "strasse nach lodz"),
        ("Œuvres, Ærø, þing", "oeuvres aero thing"),
        ("Преступление и наказание; ёлка", "преступление и наказание елка"),
        ("  a\n\tb  ", "a b"),
        ("!?", ""),
    ],
)
def test_text_is_folded(text, folded):
    assert value("search_words(%s)", text) == folded


def weights_of(audiobook: Audiobook) -> dict[str, str]:
    """Return {lexeme: weights} of a document."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lexeme, array_to_string(weights, '') FROM discovery_audiobookdocument, unnest(words) "
            "WHERE audiobook_id = %s",
            [audiobook.pk],
        )
        return {lexeme: "".join(sorted(set(weights))) for lexeme, weights in cursor.fetchall()}


def test_a_document_holds_all_that_a_recording_is_found_by():
    author, publisher = make_person("Zoë Quill"), make_publisher("North")
    audiobook = make_audiobook("Walks", authors=[author], publisher=publisher, summary="It rains.")
    audiobook.book.genres.add(make_genre("novel"))
    make_series("Weather", audiobook.book)

    document = AudiobookDocument.objects.get(pk=audiobook.pk)

    assert (document.title, document.names) == ("walks", "walks weather zoe quill")
    assert weights_of(audiobook) == {
        **dict.fromkeys(["walks", "walk"], "A"),
        **dict.fromkeys(["weather", "zoe", "quill"], "B"),
        **dict.fromkeys(["north", "novel"], "C"),
        "rain": "D",
    }


@pytest.mark.parametrize(
    ("language", "title", "lexeme"),
    [
        ("de", "Verwandlungen", "verwandl"),
        ("fr", "Mousquetaires", "mousquetair"),
        ("es-CO", "Ciudades", "ciudad"),
        ("ru", "Преступления", "преступлен"),
        ("nb", "Dukkehjemmet", "dukkehjemm"),
        ("cs", "Babičky", "babicky"),
    ],
)
def test_a_title_is_there_as_its_language_has_it(language, title, lexeme):
    assert lexeme in weights_of(make_audiobook(title, language=language))


def bulk(audiobook: Audiobook) -> None:
    Credit.objects.bulk_create(
        [
            Credit(audiobook=audiobook, person=make_person("Target"), role="editor", position=1),
            Credit(audiobook=audiobook, person=make_person("Other"), role="editor", position=2),
        ]
    )


CHANGES: dict[str, Callable[[Audiobook], object]] = {
    "title": lambda it: Audiobook.objects.filter(pk=it.pk).update(title="Target"),
    "subtitle": lambda it: Audiobook.objects.filter(pk=it.pk).update(subtitle="Target"),
    "summary": lambda it: Audiobook.objects.filter(pk=it.pk).update(summary="Target"),
    "another work": lambda it: Audiobook.objects.filter(pk=it.pk).update(
        book=Book.objects.create(title="Target", original_language="en", sort_title="target")
    ),
    "work": lambda it: Book.objects.update(title="Target"),
    "person": lambda it: Person.objects.update(name="Target"),
    "merge": lambda it: people_merge(
        duplicate_id=it.credits.get().person_id,
        into_id=make_person("Target").pk,
        precondition=Precondition(None),
    ),
    "credits": bulk,
    "series": lambda it: Series.objects.update(name="Target"),
    "another series": lambda it: SeriesEntry.objects.update(series=make_series("Target")),
    "a series more": lambda it: make_series("Target", it.book),
    "genre": lambda it: it.book.genres.add(make_genre("target")),
    "publisher": lambda it: Publisher.objects.update(name="Target"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_document_is_written_with_whatever_it_is_made_of(change):
    audiobook = make_audiobook("Before", authors=[make_person("Ann")], publisher=make_publisher("North"))
    make_series("Row", audiobook.book)
    make_audiobook("Another")

    CHANGES[change](audiobook)

    assert "target" in weights_of(audiobook)
    assert documents_rebuild() == 0


def test_what_is_taken_away_is_found_no_longer():
    audiobook = make_audiobook("Before", authors=[make_person("Ann")])
    series = make_series("Row", audiobook.book)
    audiobook.book.genres.add(make_genre("novel"))

    audiobook.book.genres.clear()
    Credit.objects.all().delete()
    series.delete()

    assert weights_of(audiobook) == weights_of(make_audiobook("Before"))
    assert (SeriesDocument.objects.count(), PersonDocument.objects.count()) == (0, 1)
    assert documents_rebuild() == 0


def test_a_change_that_no_document_shows_writes_none():
    audiobook = make_audiobook("Emma")
    written = "(SELECT xmin::text FROM discovery_audiobookdocument)"
    before = value(written)

    Audiobook.objects.filter(pk=audiobook.pk).update(version=7, status="draft", duration_ms=5)
    Person.objects.update(born_year=1700)

    assert value(written) == before


def test_who_loads_a_catalogue_has_the_documents_written_at_its_end(capsys):
    documents_later()
    made = [make_audiobook(authors=[make_person()]) for _ in range(3)]
    make_series("Row", made[0].book)
    assert AudiobookDocument.objects.count() == 0

    call_command("rebuild_search")

    assert capsys.readouterr().out == "documents written: 7\n"
    assert AudiobookDocument.objects.count() == 3
    assert documents_rebuild() == 0


def test_at_night_what_is_wrong_is_found_and_told(caplog):
    audiobook = make_audiobook("Emma")
    genre = make_genre("novel")
    audiobook.book.genres.add(genre)
    AudiobookDocument.objects.update(title="wrong")

    tick(compare_documents)

    assert AudiobookDocument.objects.get().title == "emma"
    assert "not as they should be: 1" in caplog.text


LETTERS = st.text("abcdefghijklmnopqrstuvwxyzäéñøжд", min_size=1, max_size=1)


@st.composite
def words_and_typos(draw: st.DrawFn) -> tuple[str, str]:
    """Return a word of 4 to 12 letters, and the same with one letter less, more, another, or two that changed places."""
    word = draw(st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=12))
    at, letter = draw(st.integers(0, len(word) - 1)), draw(LETTERS)
    kind = draw(st.sampled_from(["less", "more", "another", "swapped"]))
    typo = {
        "less": word[:at] + word[at + 1 :],
        "more": word[:at] + letter + word[at:],
        "another": word[:at] + letter + word[at + 1 :],
        "swapped": word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    }[kind]
    return word, typo


@given(words_and_typos())
@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
def test_a_word_is_found_with_any_one_letter_wrong(case):
    word, typo = case

    assert value("search_near_words(%s) @@ search_nearly(%s)", f"of {word} and more", typo)


@pytest.mark.parametrize(
    ("word", "other"), [("1984", "1985"), ("emma", "anna"), ("it", "is"), ("cat", "car")]
)
def test_numbers_short_words_and_two_letters_are_another_word(word, other):
    assert not value("search_near_words(%s) @@ search_nearly(%s)", word, other)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_one_document_the_second_sees_what_the_first_wrote():
    audiobook = make_audiobook("Before", authors=[(person := make_person("Ann"))])

    def rename() -> None:
        try:
            Audiobook.objects.filter(pk=audiobook.pk).update(title="After")
        finally:
            connection.close()

    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(name="Ben")
        second = Thread(target=rename)
        second.start()
        while not value("count(*) FROM pg_locks WHERE NOT granted"):
            assert second.is_alive()
    second.join()

    assert AudiobookDocument.objects.get().names == "after before ben"
