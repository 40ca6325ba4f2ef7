"""Shelves, in an order of one's own."""

from uuid import uuid4

from cast import make_audiobook
from django.db import connection
from library.own import Listener, deleted, kind

from audiobooks.catalog.models import Audiobook
from audiobooks.library.models import Shelf, ShelfItem


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
