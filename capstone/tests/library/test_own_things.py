"""A listener's library, shelves, bookmarks and clips."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cast import make_audiobook, sign_in
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audiobooks.catalog.models import Audiobook
from audiobooks.library.models import Bookmark, LibraryEntry, Shelf, ShelfItem, Tombstone
from audiobooks.library.services import entry_start

pytestmark = pytest.mark.django_db


class Listener:
    """Somebody who asks for what is theirs."""

    def __init__(self, user):
        self.user = user
        self.client = sign_in(user)

    def get(self, path: str, **query):
        return self.client.get(f"/api/v1/me/{path}", query)

    def results(self, path: str, **query) -> list[dict]:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]

    def put(self, path: str, body: dict):
        return self.client.put(f"/api/v1/me/{path}/", body, format="json")

    def delete(self, path: str):
        return self.client.delete(f"/api/v1/me/{path}/")

    def place(self, shelf: UUID, audiobook: Audiobook, **where):
        where = {name: one and str(one.pk) for name, one in where.items()}
        body = {"audiobook": str(audiobook.pk)} | where
        return self.client.post(f"/api/v1/me/shelves/{shelf}/items/", body, format="json")

    def on(self, shelf: UUID) -> list[str]:
        return [item["audiobook"]["title"] for item in self.results(f"shelves/{shelf}/items/")]


@pytest.fixture
def listener(bo) -> Listener:
    return Listener(bo)


def kind(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("#")[2]


def deleted(since: Listener) -> list[tuple[str, str]]:
    changes = since.get("changes/").json()["changes"]
    return [(change["kind"], change["id"]) for change in changes if change["is_deleted"]]


# --- entries ------------------------------------------------------------------------------------------------------


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


# --- shelves ------------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(listener) -> UUID:
    shelf_id = uuid4()
    assert listener.put(f"shelves/{shelf_id}", {"name": "Train"}).status_code == 201
    return shelf_id


def full(listener, shelf, titles: str) -> dict[str, Audiobook]:
    books = {title: make_audiobook(title) for title in titles}
    for book in books.values():
        assert listener.place(shelf, book).status_code == 201
    return books


def test_a_shelf_is_made_once_renamed_and_deleted_with_what_is_on_it(listener, shelf):
    full(listener, shelf, "AB")

    answers = [listener.put(f"shelves/{shelf}", {"name": name}) for name in ("Train", "<b>Bus</b>")]

    assert [(answer.status_code, answer.json()["name"]) for answer in answers] == [
        (200, "Train"),
        (200, "Bus"),
    ]
    assert [(one["name"], one["size"]) for one in listener.results("shelves/")] == [("Bus", 2)]
    assert listener.delete(f"shelves/{shelf}").status_code == 204
    assert (Shelf.objects.count(), ShelfItem.objects.count()) == (0, 0)
    assert deleted(listener) == [("shelf", str(shelf))]


def test_recordings_stand_where_they_are_put(listener, shelf):
    books = full(listener, shelf, "ABCD")

    seen = []
    for title, where in (
        ("D", {"after": None}),
        ("A", {"after": books["B"]}),
        ("C", {}),
        ("B", {"after": books["B"]}),
    ):
        assert listener.place(shelf, books[title], **where).status_code == 200
        seen.append("".join(listener.on(shelf)))

    assert seen == ["DABC", "DBAC", "DBAC", "DBAC"]


def test_a_move_is_one_update_of_one_row(listener, shelf, django_assert_num_queries):
    books = full(listener, shelf, "ABCDEFGH")
    before = written("library_shelfitem")

    with django_assert_num_queries(13) as asked:
        listener.place(shelf, books["H"], after=books["A"])

    updates = [query["sql"] for query in asked.captured_queries if query["sql"].startswith("UPDATE")]
    assert len(updates) == 1
    assert written("library_shelfitem") - before == 1
    assert "".join(listener.on(shelf)) == "AHBCDEFG"


def written(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = %s", [table])
        return cursor.fetchone()[0]


def test_100_moves_to_one_spot_number_the_shelf_anew_twice_and_keep_the_order(listener, shelf):
    books = full(listener, shelf, "ABCD")
    before = written("library_shelfitem")

    for n in range(100):
        moved = books["CD"[n % 2]]
        assert listener.place(shelf, moved, after=books["A"]).status_code == 200

    assert listener.on(shelf) == ["A", "D", "C", "B"]
    assert written("library_shelfitem") - before == 100 + 2 * 4


def test_the_1001st_recording_does_not_fit_and_moves_still_work(listener, shelf, monkeypatch):
    monkeypatch.setattr(Shelf, "MOST_ITEMS", 2)
    books = full(listener, shelf, "AB")

    assert kind(listener.place(shelf, make_audiobook())) == (409, "shelf-full")
    assert listener.place(shelf, books["B"], after=None).status_code == 200


def test_what_no_shelf_takes(listener, shelf, cy):
    book, other = make_audiobook(), make_audiobook()
    theirs = uuid4()
    Listener(cy).put(f"shelves/{theirs}", {"name": "Cy's"})
    Listener(cy).place(theirs, book)
    item = ShelfItem.objects.get()

    refused = [
        listener.place(shelf, book, after=other),
        listener.place(shelf, book, after=book),
        listener.place(shelf, make_audiobook(status="draft")),
        listener.place(theirs, book),
        listener.get(f"shelves/{theirs}/items/"),
        listener.delete(f"shelves/{theirs}"),
        listener.delete(f"shelf-items/{item.pk}"),
    ]

    assert [kind(answer) for answer in refused] == [
        (400, "neighbour-unknown"),
        (400, "neighbour-unknown"),
        (404, "audiobook-unknown"),
        (404, "shelf-unknown"),
        (404, "shelf-unknown"),
        (404, "shelf-unknown"),
        (404, "item-unknown"),
    ]
    assert ShelfItem.objects.get() == item


def test_a_shelf_of_somebody_elses_id_is_another_shelf(listener, shelf, cy):
    answer = Listener(cy).put(f"shelves/{shelf}", {"name": "Cy's"})

    assert (answer.status_code, Shelf.objects.count()) == (201, 2)
    assert listener.results("shelves/")[0]["name"] == "Train"


def test_a_recording_is_taken_off_its_shelf(listener, shelf):
    full(listener, shelf, "AB")
    item = listener.results(f"shelves/{shelf}/items/")[0]

    assert listener.delete(f"shelf-items/{item['id']}").status_code == 204
    assert listener.on(shelf) == ["B"]
    assert deleted(listener) == [("item", item["id"])]


def test_the_101st_shelf_is_refused(listener, monkeypatch):
    monkeypatch.setattr(Shelf, "MOST", 1)

    assert [listener.put(f"shelves/{uuid4()}", {"name": "Bus"}).status_code for _ in range(2)] == [201, 409]


# --- bookmarks ----------------------------------------------------------------------------------------------------


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


# --- all ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 12])
def test_each_list_costs_one_query_a_shelf_two_and_the_feed_8(
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
    with django_assert_num_queries(8):
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
