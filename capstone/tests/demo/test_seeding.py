"""Seeding: once, twice, interrupted, and after the texts changed."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from rest_framework.test import APIClient

from audiobooks.catalog.models import Audiobook, Chapter, Cover
from audiobooks.demo import services, titles
from audiobooks.library.models import Bookmark, Grant, LibraryEntry, ShelfItem
from audiobooks.media.models import SourceFile
from audiobooks.playback.models import ListeningDay, ListeningPosition, PositionConflict
from audiobooks.reviews.models import Review
from audiobooks.reviews.services import summaries_check

pytestmark = pytest.mark.django_db(transaction=True)  # seeding works in threads, each with its own connection


@pytest.fixture
def two_books(monkeypatch) -> titles.Titles:
    """The real catalogue, cut down to two works: one of them restricted."""
    whole = titles.load()
    restricted = [key for key, book in whole.books.items() if book.recordings[0].access == "restricted"][:1]
    opened = [key for key, book in whole.books.items() if book.series and len(book.recordings) == 1][:1]
    cut = replace(whole, books={key: whole.books[key] for key in restricted + opened})
    monkeypatch.setattr(titles, "load", lambda: cut)
    return cut


def seed() -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def rows() -> dict[str, list[object]]:
    return {
        "audiobooks": list(Audiobook.objects.order_by("id").values_list("id", "version", "duration_ms")),
        "chapters": list(
            Chapter.objects.order_by("audiobook", "position").values_list("title", "start_ms", "end_ms")
        ),
        "files": list(SourceFile.objects.order_by("id").values_list("id", "sha256")),
        "covers": list(Cover.objects.order_by("audiobook").values_list("sha256", flat=True)),
        "grants": list(Grant.objects.values_list("user__username", "audiobook")),
    }


def test_seeding_makes_recordings_whole(two_books):
    said = seed()

    number = sum(len(book.recordings) for book in two_books.books.values())
    assert f"Made {number} recordings" in said
    for audiobook in Audiobook.objects.all():
        assert audiobook.chapters.count() == audiobook.source_files.count() >= 2
        assert audiobook.duration_ms == audiobook.chapters.order_by("position").last().end_ms > 10_000
        assert audiobook.credits.exists()
        assert audiobook.cover.description.startswith("Cover: ")
    assert {grant.user.username for grant in Grant.objects.all()} == {"bo"}


def test_ada_bo_and_cy_have_histories_that_a_second_run_leaves_alone(two_books):
    seed()
    heard = {
        name: sum(day.listened_ms for day in ListeningDay.objects.filter(user__username=name))
        for name in ("ada", "bo", "cy", "staff")
    }
    places = list(ListeningPosition.objects.order_by("pk").values_list())
    items = list(ShelfItem.objects.order_by("rank").values_list("audiobook", flat=True))

    seed()

    assert heard["staff"] == 0 < min(heard["ada"], heard["bo"], heard["cy"])
    assert not ListeningDay.objects.filter(excess_ms__gt=0).exists()
    assert list(ListeningPosition.objects.order_by("pk").values_list()) == places
    assert list(ShelfItem.objects.order_by("rank").values_list("audiobook", flat=True)) == items
    assert set(LibraryEntry.objects.values_list("user__username", flat=True)) == {"ada", "bo", "cy"}
    assert {bookmark.end_ms for bookmark in Bookmark.objects.all()} == {None, 8_000}
    assert not PositionConflict.objects.exists()


def test_ada_bo_and_cy_have_opinions_that_a_second_run_leaves_alone(two_books):
    seed()
    kept = ("pk", "user__username", "overall", "helpful_count", "open_reports", "revision")
    opinions = list(Review.objects.order_by("pk").values_list(*kept))

    seed()
    services.demo_seed(progress=lambda _done, _of: None)

    assert list(Review.objects.order_by("pk").values_list(*kept)) == opinions
    assert {author for _, author, *_ in opinions} == {"ada", "bo", "cy"}
    assert Review.objects.filter(helpful_count=2, user__username="ada").count() == 1
    assert sum(audiobook.rated.count for audiobook in Audiobook.objects.all()) == len(opinions)
    assert summaries_check(now=timezone.now()).differences == 0


def test_bos_phone_and_radio_went_different_ways_in_the_longest_recording(monkeypatch):
    whole = titles.load()
    longest = replace(whole, books={"pride-and-prejudice": whole.books["pride-and-prejudice"]})
    monkeypatch.setattr(titles, "load", lambda: longest)

    seed()
    seed()

    conflict = PositionConflict.objects.get()
    places = {
        conflict.low_device.name: conflict.low_position_ms,
        conflict.high_device.name: conflict.high_position_ms,
    }
    assert (conflict.user.username, conflict.settled_at) == ("bo", None)
    assert set(places) == {"Phone", "Kitchen radio"}
    assert places["Phone"] - places["Kitchen radio"] > 60_000
    assert conflict.audiobook == Audiobook.objects.order_by("-duration_ms").first()


def test_seeding_again_changes_nothing_and_says_so(two_books):
    seed()
    before = rows()

    said = seed()

    assert said == "The demo catalogue is here already.\n"
    services.demo_seed(progress=lambda _done, _of: None)
    assert rows() == before


def test_an_interrupted_seeding_is_finished_by_the_next(two_books, monkeypatch):
    real, spoken = services.speak, []

    def breaks_later(*args, **kwargs):
        spoken.append(args)
        if len(spoken) == 3:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(services, "speak", breaks_later)
    with pytest.raises(KeyboardInterrupt):
        seed()
    monkeypatch.setattr(services, "speak", real)

    assert "Made" in seed()
    assert all(audiobook.source_files.exists() for audiobook in Audiobook.objects.all())


def test_lost_files_are_made_again(two_books, settings):
    seed()
    newest = SourceFile.objects.order_by("created_at").last()
    path = services.path_of(services.audio_name(newest.sha256))
    path.chmod(0o600)
    path.unlink()

    assert "Made" in seed()
    assert path.exists()


def test_a_changed_text_is_spoken_anew(two_books, monkeypatch):
    services.demo_seed(progress=lambda _done, _of: None)
    before = dict(SourceFile.objects.filter(position=1).values_list("audiobook", "sha256"))
    key, book = next(iter(two_books.books.items()))
    recording = book.recordings[0]
    chapters = (replace(recording.chapters[0], text="Something else entirely."), *recording.chapters[1:])
    changed = replace(book, recordings=(replace(recording, chapters=chapters), *book.recordings[1:]))
    monkeypatch.setattr(titles, "load", lambda: replace(two_books, books={**two_books.books, key: changed}))

    services.demo_seed(progress=lambda _done, _of: None)

    after = dict(SourceFile.objects.filter(position=1).values_list("audiobook", "sha256"))
    assert {audiobook for audiobook in before if before[audiobook] != after[audiobook]} == {
        services.demo_id("audiobook", recording.key)
    }


def test_the_printed_accounts_can_log_in(two_books):
    seed()
    out = StringIO()
    call_command("demo_accounts", "--json", stdout=out)

    accounts = json.loads(out.getvalue())

    assert [(account["username"], account["role"]) for account in accounts] == [
        ("ada", "curator"),
        ("bo", "listener"),
        ("cy", "listener"),
        ("staff", "staff"),
    ]
    for account in accounts:
        credentials = {"username": account["username"], "password": account["password"]}
        assert APIClient().post("/api/v1/auth/token/", credentials, format="json").status_code == 200


def test_another_secret_makes_other_passwords_and_seeding_sets_them(two_books, settings):
    seed()
    old = services.demo_accounts_store()["bo"].password
    settings.SECRET_KEY = "another secret, of more than fifty characters, for this test"

    seed()

    assert services.demo_accounts_store()["bo"].password != old
