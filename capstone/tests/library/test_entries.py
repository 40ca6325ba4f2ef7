"""A listener's library: what they have, wish for, and have heard."""

from datetime import timedelta

import pytest
from cast import make_audiobook
from django.utils import timezone
from library.own import Listener, deleted, kind

from audiobooks.library.models import LibraryEntry
from audiobooks.library.services import entry_start


def test_a_recording_goes_through_the_library(listener):
    book = make_audiobook("Emma")

    answers = [
        listener.put(f"library/{book.pk}", {"state": state}) for state in ("wishlist", "finished", "finished")
    ]
    changed_at = LibraryEntry.objects.get().changed_at
    gone = [
        listener.delete(f"library/{book.pk}").status_code,
        listener.delete(f"library/{book.pk}").status_code,
    ]

    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert [answer.json()["state"] for answer in answers] == ["wishlist", "finished", "finished"]
    assert answers[1].json() == answers[2].json()
    assert changed_at > timezone.now() - timedelta(minutes=1)
    assert gone == [204, 404]
    assert deleted(listener) == [("entry", str(book.pk))]


def test_made_again_and_deleted_again_is_deleted_once(listener):
    book = make_audiobook()

    for _ in range(2):
        listener.put(f"library/{book.pk}", {"state": "wishlist"})
        listener.delete(f"library/{book.pk}")

    assert deleted(listener) == [("entry", str(book.pk))]


@pytest.mark.parametrize(
    ("but", "body", "answered"),
    [
        ({"status": "draft"}, {"state": "wishlist"}, (404, "audiobook-unknown")),
        ({}, {"state": "borrowed"}, (400, "invalid-input")),
        ({}, {}, (400, "invalid-input")),
        ({}, {"state": "wishlist", "user": "cy"}, (400, "invalid-input")),
    ],
)
def test_what_no_library_can_hold(listener, but, body, answered):
    assert kind(listener.put(f"library/{make_audiobook(**but).pk}", body)) == answered
    assert not LibraryEntry.objects.exists()


def test_a_library_holds_so_many_and_no_more(listener, monkeypatch):
    monkeypatch.setattr(LibraryEntry, "MOST", 2)
    books = [make_audiobook() for _ in range(3)]

    answers = [listener.put(f"library/{book.pk}", {"state": "wishlist"}) for book in books]

    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert listener.put(f"library/{books[0].pk}", {"state": "finished"}).status_code == 200


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "in_progress"),
        ("wishlist", "in_progress"),
        ("finished", "finished"),
        ("abandoned", "abandoned"),
    ],
)
def test_playing_puts_a_recording_in_progress_unless_its_listener_said_otherwise(bo, before, after):
    book = make_audiobook()
    if before:
        LibraryEntry.objects.create(
            user=bo, audiobook=book, state=before, changed_at=timezone.now(), revision=1
        )

    entry_start(user_id=bo.pk, audiobook_id=book.pk, revision=2, now=timezone.now())

    assert LibraryEntry.objects.get().state == after


def test_a_library_is_filtered_ordered_and_its_owners(listener, cy):
    emma, anna = make_audiobook("Emma"), make_audiobook("Anna Karenina")
    listener.put(f"library/{emma.pk}", {"state": "finished"})
    listener.put(f"library/{anna.pk}", {"state": "wishlist"})
    Listener(cy).put(f"library/{emma.pk}", {"state": "abandoned"})

    def titles(**query: str) -> list[str]:
        return [entry["audiobook"]["title"] for entry in listener.results("library/", **query)]

    assert titles() == ["Anna Karenina", "Emma"]
    assert titles(state="finished") == ["Emma"]
    assert titles(ordering="title") == ["Anna Karenina", "Emma"]
    assert len(Listener(cy).results("library/")) == 1
    assert kind(listener.get("library/", colour="red")) == (400, "invalid-query")
