"""What search looks in is written with what it is made of."""

import pytest
from cast import make_audiobook, make_genre, make_person, make_publisher, make_series
from django.db import connection

from audiobooks.discovery.models import AudiobookDocument

pytestmark = pytest.mark.django_db


def fold(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_words(%s)", [text])
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
    assert fold(text) == folded


def test_a_document_holds_all_that_a_recording_is_found_by():
    author = make_person("Zoë Quill")
    audiobook = make_audiobook(
        "The Walk", authors=[author], publisher=make_publisher("North"), summary="Rain."
    )
    audiobook.book.genres.add(make_genre("novel"))
    make_series("Weather", audiobook.book)

    document = AudiobookDocument.objects.get(pk=audiobook.pk)

    assert document.title == "the walk"
    assert document.names == "the walk weather zoe quill"
