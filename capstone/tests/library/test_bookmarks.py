"""Bookmarks and clips; and what holds for all that is a listener's own."""

from uuid import uuid4

import pytest
from cast import make_audiobook
from django.db import IntegrityError, transaction
from library.own import Listener, deleted, kind

from audiobooks.catalog.models import Audiobook
from audiobooks.library.models import Bookmark, LibraryEntry, Tombstone


def bookmark(book: Audiobook, **but) -> dict:
    return {"audiobook": str(book.pk), "start_ms": 30_000} | but


def test_a_bookmark_put_twice_is_one_and_a_clip_has_an_end(listener):
    book, mine = make_audiobook(duration_ms=60_000), uuid4()

    answers = [
        listener.put(f"bookmarks/{mine}", bookmark(book, **but))
        for but in ({}, {}, {"end_ms": 45_000, "note": "<i>The</i> proposal"})
    ]

    assert [answer.status_code for answer in answers] == [201, 200, 200]
    (found,) = listener.results("bookmarks/", audiobook=str(book.pk))
    assert (found["id"], found["end_ms"], found["note"]) == (str(mine), 45_000, "The proposal")
    assert listener.results("bookmarks/", audiobook=str(uuid4())) == []
    assert [listener.delete(f"bookmarks/{mine}").status_code for _ in range(2)] == [204, 404]
    assert deleted(listener) == [("bookmark", str(mine))]


@pytest.mark.parametrize(
    ("but", "answered"),
    [
        ({"start_ms": 3_600_001}, (400, "beyond-the-end")),
        ({"end_ms": 3_600_001}, (400, "beyond-the-end")),
        ({"end_ms": 30_000}, (400, "clip-length")),
        ({"end_ms": 29_999}, (400, "clip-length")),
        ({"end_ms": 930_001}, (400, "clip-length")),
        ({"start_ms": -1}, (400, "invalid-input")),
        ({"note": "x" * 1001}, (400, "invalid-input")),
        ({"user": "cy"}, (400, "invalid-input")),
    ],
)
def test_what_is_no_bookmark(listener, but, answered):
    answer = listener.put(f"bookmarks/{uuid4()}", bookmark(make_audiobook(duration_ms=3_600_000), **but))

    assert kind(answer) == answered
    assert not Bookmark.objects.exists()


def test_a_bookmark_is_its_owners(listener, cy):
    book, mine = make_audiobook(duration_ms=60_000), uuid4()
    listener.put(f"bookmarks/{mine}", bookmark(book, note="Bo's"))
    thief = Listener(cy)

    assert kind(thief.delete(f"bookmarks/{mine}")) == (404, "bookmark-unknown")
    assert thief.put(f"bookmarks/{mine}", bookmark(book, note="Cy's")).status_code == 201
    assert [one["note"] for one in listener.results("bookmarks/")] == ["Bo's"]


def test_the_10001st_bookmark_is_refused(listener, monkeypatch):
    monkeypatch.setattr(Bookmark, "MOST", 1)
    book = make_audiobook(duration_ms=60_000)

    answers = [listener.put(f"bookmarks/{uuid4()}", bookmark(book)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 409]


@pytest.mark.parametrize("count", [1, 12])
def test_each_list_costs_one_query_a_shelf_two_and_the_feed_9(
    listener, shelf, django_assert_num_queries, count
):
    for _ in range(count):
        book = make_audiobook(duration_ms=60_000)
        listener.put(f"library/{book.pk}", {"state": "finished"})
        listener.put(f"bookmarks/{uuid4()}", bookmark(book))
        listener.place(shelf, book)

    for path, queries in (
        ("library/", 1),
        ("bookmarks/", 1),
        ("shelves/", 1),
        (f"shelves/{shelf}/items/", 2),
    ):
        with django_assert_num_queries(queries):
            assert len(listener.results(path)) == (1 if path == "shelves/" else count)
    with django_assert_num_queries(9):
        kinds = [change["kind"] for change in listener.get("changes/").json()["changes"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "shelf": 1,
        "entry": count,
        "bookmark": count,
        "item": count,
    }


@pytest.mark.parametrize(
    ("model", "change", "constraint"),
    [
        (LibraryEntry, {"state": "borrowed"}, "entry_state_known"),
        (Bookmark, {"end_ms": 1_000, "start_ms": 1_000}, "bookmark_forwards"),
        (Bookmark, {"start_ms": -1}, "bookmark_forwards"),
        (Bookmark, {"start_ms": 0, "end_ms": 900_001}, "clip_is_short"),
    ],
)
def test_the_database_refuses_what_cannot_be(listener, model, change, constraint):
    book = make_audiobook(duration_ms=60_000)
    listener.put(f"library/{book.pk}", {"state": "finished"})
    listener.put(f"bookmarks/{uuid4()}", bookmark(book))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        assert model.objects.update(**change)


def test_tombstones_of_two_listeners_with_one_id_are_two(listener, cy):
    book = make_audiobook()
    for one in (listener, Listener(cy)):
        one.put(f"library/{book.pk}", {"state": "wishlist"})
        one.delete(f"library/{book.pk}")

    assert Tombstone.objects.count() == 2
