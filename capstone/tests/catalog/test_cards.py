"""The read model: every card equals what the serializers make of the same rows, whoever changed them and how."""

import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Thread
from uuid import UUID

import pytest
from cast import (
    keep_promises,
    make_audiobook,
    make_book,
    make_genre,
    make_person,
    make_publisher,
    make_series,
    tick,
)
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.renderers import JSONRenderer

from audiobooks.catalog import models, selectors, tasks
from audiobooks.catalog.covers import addressed
from audiobooks.catalog.rest import shapes
from audiobooks.catalog.services.cards import cards_compare, cards_fill
from audiobooks.catalog.services.ratings import Stars, rating_change
from audiobooks.catalog.services.versions import versions_count_up
from audiobooks.demo import services as demo
from audiobooks.demo import titles
from audiobooks.principal import Principal, Role

pytestmark = pytest.mark.django_db
CURATOR = Principal(user_id=None, role=Role.CURATOR)


def serialized(serializer: type, audiobook: models.Audiobook) -> object:
    return json.loads(JSONRenderer().render(serializer(audiobook).data))


def assert_cards_tell_the_rows() -> int:
    """Compare every card with the serializers, order of members included; return how many there are."""
    found = {card.pk: card for card in models.Card.objects.all()}
    recordings = list(selectors.audiobook_details(CURATOR))
    assert found.keys() == {audiobook.pk for audiobook in recordings}
    for audiobook in recordings:
        kept = found[audiobook.pk]
        for text, serializer in ((kept.card, shapes.AudiobookCard), (kept.whole, shapes.AudiobookOut)):
            told, expected = json.loads(addressed(text)), serialized(serializer, audiobook)
            assert told == expected
            assert list(told) == list(expected)
    return len(recordings)


def emma() -> models.Audiobook:
    """A recording with everything a card shows."""
    book = make_book("Emma")
    book.genres.set([make_genre("novel", make_genre("fiction")), make_genre("comedy")])
    make_series("Highbury", make_book("First"), book)
    audiobook = make_audiobook(
        "Emma",
        book=book,
        authors=[make_person("Jane Austen")],
        narrators=[make_person("Nia"), make_person("Zoë")],
        publisher=make_publisher("Murray"),
    )
    models.Cover.objects.create(audiobook=audiobook, sha256="ab" * 32, description="A cover")
    models.ExternalId.objects.create(audiobook=audiobook, scheme="isbn", value="9780141439587")
    rating_change(audiobook_id=audiobook.pk, before=None, after=Stars(5, 4, 3))
    return audiobook


@pytest.mark.django_db(transaction=True)
def test_the_card_of_every_demo_recording_is_what_the_serializer_says(monkeypatch):
    """The whole demo catalogue but its sound, which no card shows."""
    monkeypatch.setattr(demo, "chapters_store", lambda audiobook, _: setattr(audiobook, "duration_ms", 1000))
    monkeypatch.setattr(demo, "cover_store", lambda **_: None)
    monkeypatch.setattr(demo, "draw_cover", lambda *_, **__: b"")
    everything = titles.load()
    demo.vocabulary_store(everything)
    for book in everything.books.values():
        demo.book_store(book)
        for recording in book.recordings:
            audiobook_id = demo.demo_id("audiobook", recording.key)
            demo.recording_store(everything, book, replace(recording, status="draft"))
            models.Audiobook.objects.filter(pk=audiobook_id).update(duration_ms=1000, status=recording.status)
            models.Cover.objects.create(audiobook_id=audiobook_id, sha256="cd" * 32, description="Cover")

    assert assert_cards_tell_the_rows() == sum(len(book.recordings) for book in everything.books.values())


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
PEOPLE = st.lists(TEXT, max_size=3)


@settings(max_examples=60, deadline=None)
@given(
    title=TEXT,
    summary=TEXT,
    authors=PEOPLE,
    narrators=PEOPLE,
    genres=st.lists(TEXT, max_size=3),
    sequence=st.decimals(min_value=-9999, max_value=9999, places=3),
    released_on=st.dates(min_value=date(1, 1, 1)),
    stars=st.lists(st.builds(Stars, *[st.integers(1, 5)] * 3), max_size=9),
    created_at=st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- the zone is given beside
)
def test_the_card_of_any_recording_is_what_the_serializer_says(
    title, summary, authors, narrators, genres, sequence, released_on, stars, created_at
):
    with transaction.atomic():
        book = make_book(title or "x")
        for number, name in enumerate(genres):
            genre = models.Genre.objects.create(slug=f"g{number}", name=name, sort_name=str(number))
            book.genres.add(genre)
        series = make_series("Series")
        models.SeriesEntry.objects.create(series=series, book=book, sequence=sequence, label=title)
        audiobook = make_audiobook(
            title or "x",
            book=book,
            summary=summary,
            subtitle=title,
            released_on=released_on,
            authors=[make_person(name) for name in authors],
            narrators=[make_person(name) for name in narrators],
        )
        models.Audiobook.objects.filter(pk=audiobook.pk).update(created_at=created_at)
        for one in stars:
            rating_change(audiobook_id=audiobook.pk, before=None, after=one)

        assert assert_cards_tell_the_rows() == 1
        transaction.set_rollback(True)


CHANGES = {
    "a rating": lambda a: rating_change(audiobook_id=a.pk, before=None, after=Stars(1, 1, 1)),
    "no rating": lambda a: models.Rating.objects.all().delete(),
    "a recording's own fields": lambda a: models.Audiobook.objects.filter(pk=a.pk).update(title="Emma!"),
    "a work's title": lambda a: models.Book.objects.filter(pk=a.book_id).update(title="Emma!"),
    "another work": lambda a: models.Audiobook.objects.filter(pk=a.pk).update(book=make_book("Persuasion")),
    "a person's name": lambda a: models.Person.objects.filter(name="Nia").update(name="Nía"),
    "a genre's name": lambda a: models.Genre.objects.filter(slug="novel").update(name="Roman"),
    "a genre's place": lambda a: models.Genre.objects.filter(slug="novel").update(parent=None),
    "a genre's order": lambda a: models.Genre.objects.filter(slug="novel").update(sort_name="a"),
    "a series' name": lambda a: models.Series.objects.update(name="Surrey"),
    "a publisher's name": lambda a: models.Publisher.objects.update(name="Egerton"),
    "a place in a series": lambda a: models.SeriesEntry.objects.filter(book=a.book_id).update(sequence="1.5"),
    "a place that moves": lambda a: models.SeriesEntry.objects.filter(book=a.book_id).update(
        book=make_book()
    ),
    "no series": lambda a: models.SeriesEntry.objects.all().delete(),
    "one genre more": lambda a: a.book.genres.add(make_genre("war")),
    "no genres": lambda a: a.book.genres.clear(),
    "one credit more": lambda a: a.credits.create(person=make_person("Tom"), role="translator", position=1),
    "one credit less": lambda a: a.credits.filter(role="narrator", position=1).delete(),
    "a credit that moves": lambda a: a.credits.filter(position=2).update(audiobook=make_audiobook("Other")),
    "another cover": lambda a: models.Cover.objects.update(sha256="cd" * 32),
    "no cover": lambda a: models.Cover.objects.all().delete(),
    "another number": lambda a: models.ExternalId.objects.update(value="1"),
    "no number": lambda a: models.ExternalId.objects.all().delete(),
    "another cast": lambda a: models.Credit.objects.bulk_create(
        models.Credit(audiobook=make_audiobook(), person=person, role="author", position=1)
        for person in models.Person.objects.all()
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_what_a_card_shows_changes_the_card(what):
    audiobook = emma()
    before = dict(models.Card.objects.values_list("pk", "whole"))

    CHANGES[what](audiobook)

    assert_cards_tell_the_rows()
    assert dict(models.Card.objects.values_list("pk", "whole")) != before


def test_a_recording_that_is_deleted_takes_its_card_along():
    audiobook, other = emma(), make_audiobook()

    audiobook.delete()

    assert [card.pk for card in models.Card.objects.all()] == [other.pk]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_change_that_more_than_500_cards_show_lets_go_of_them_and_reads_go_on(anybody):
    author, book = make_person("Anon"), make_book("The Nights")
    made = models.Audiobook.objects.bulk_create(
        models.Audiobook(
            book=book,
            title=f"Night {n:03}",
            sort_title=f"night {n:03}",
            language="en",
            released_on=date(2024, 1, 1),
            duration_ms=1,
            status="ready",
        )
        for n in range(501)
    )
    models.Credit.objects.bulk_create(
        models.Credit(audiobook=one, person=author, role="author", position=1) for one in made
    )
    assert (models.Card.objects.count(), cards_fill(), models.Card.objects.count()) == (0, 501, 501)

    models.Person.objects.update(name="Shahrazad")
    with transaction.atomic():
        versions_count_up(author)
    assert models.Card.objects.count() == 0
    answer = anybody.get("/api/v1/audiobooks/?limit=100").json()
    one = anybody.get(f"/api/v1/audiobooks/{made[0].pk}/").json()
    assert {card["authors"][0]["name"] for card in [*answer["results"], one]} == {"Shahrazad"}

    keep_promises()

    assert assert_cards_tell_the_rows() == 501


def test_each_night_what_differs_is_found_made_again_and_told(caplog):
    audiobook, other = emma(), make_audiobook()
    models.Card.objects.filter(pk=audiobook.pk).update(card="{}")
    models.Card.objects.filter(pk=other.pk).delete()

    tick(tasks.compare_cards)

    assert f"1 cards differed from their rows and were made again, such as {audiobook.pk}" in caplog.text
    assert assert_cards_tell_the_rows() == 2
    assert cards_compare() == []


def test_a_command_makes_every_card_anew(capsys):
    emma()
    models.Card.objects.update(whole="{}")

    call_command("rebuild_cards")

    assert capsys.readouterr().out == "Made 1 cards.\n"
    assert assert_cards_tell_the_rows() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_change_the_same_card_at_once_are_both_on_it():
    """The second waits for the first, and then reads what the first has committed."""
    audiobook = emma()
    first, second = (credit.person_id for credit in audiobook.credits.order_by("role", "position")[:2])

    def change(person_id) -> None:
        models.Person.objects.filter(pk=person_id).update(name="Changed")
        connection.close()

    beside = Thread(target=change, args=[second])
    with transaction.atomic():
        models.Person.objects.filter(pk=first).update(name="Changed")
        beside.start()
        wait_until_somebody_waits()
    beside.join()

    assert cards_compare() == []
    assert models.Card.objects.get(pk=audiobook.pk).card.count("Changed") == 2


@pytest.mark.django_db(transaction=True)
def test_versions_are_counted_up_in_the_order_of_the_keys_so_that_no_two_writers_wait_for_each_other():
    """While the first row is somebody else's, none after it is taken; without an order some are."""
    author = make_person("Jane Austen")
    first, *rest = [make_audiobook(pk=UUID(int=key), authors=[author]).pk for key in range(1, 9)]

    def change() -> None:
        with transaction.atomic():
            versions_count_up(author)
        connection.close()

    beside = Thread(target=change)
    with transaction.atomic():
        models.Audiobook.objects.select_for_update(no_key=True).get(pk=first)
        beside.start()
        wait_until_somebody_waits()
        free = models.Audiobook.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=rest)
        assert len(free) == len(rest)
    beside.join()

    assert set(models.Audiobook.objects.values_list("version", flat=True)) == {2}


def wait_until_somebody_waits() -> None:
    """Return once another connection to this database waits for a lock of ours."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    end = time.monotonic() + 20
    with connection.cursor() as cursor:
        while cursor.execute(waiting).fetchone() == (0,):
            assert time.monotonic() < end, "nobody waits"
            cursor.execute("SELECT pg_sleep(0.01), pg_stat_clear_snapshot()")
