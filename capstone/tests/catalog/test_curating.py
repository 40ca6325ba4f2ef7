"""What curators change: who may, what is refused, and that nothing is lost between two of them."""

import threading
from uuid import uuid4

import pytest
from cast import make_audiobook, make_book, make_chapters, make_genre, make_person, make_publisher
from catalog.curating import API, change, create, etag_of
from django.db import connection

from audiobooks.catalog.models import Audiobook, Book, Person


@pytest.fixture
def curator(ada, as_user):
    return as_user(ada)


def new_audiobook(**but: object) -> dict[str, object]:
    return {"title": "Emma", "language": "en", "released_on": "2026-01-02"} | but


@pytest.mark.django_db
def test_a_book_its_author_and_its_recording_are_made_and_found(curator, anybody):
    make_genre("novel")
    book = create(curator, "books/", {"title": "Emma", "original_language": "en", "genres": ["novel"]}).json()
    author = create(
        curator, "people/", {"name": "Jane Austen", "filed_as": "Austen, Jane", "born_year": 1775}
    ).json()
    publisher = make_publisher("North")
    credits_ = [{"person": author["id"], "role": "author"}]

    made = create(
        curator, "audiobooks/", new_audiobook(book=book["id"], credits=credits_, publisher=str(publisher.id))
    )

    audiobook = made.json()
    assert (made.status_code, made["Location"]) == (201, f"/api/v1/audiobooks/{audiobook['id']}/")
    assert (audiobook["status"], audiobook["authors"][0]["name"]) == ("draft", "Jane Austen")
    assert audiobook["genres"][0]["slug"] == "novel"
    assert curator.get(made["Location"])["ETag"] == made["ETag"]
    assert anybody.get(made["Location"]).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), [("anybody", 401), ("bo", 403), ("ada", 428), ("staff", 428)])
def test_changing_is_for_curators(request, anybody, as_user, who, status):
    user = None if who == "anybody" else (
        request.getfixturevalue("ada").__class__.objects.create_user("staff", "s@example.org", "x", role="staff")
        if who == "staff" else request.getfixturevalue(who)
    )  # fmt: skip
    client = as_user(user) if user else anybody
    one, person = make_audiobook(), make_person()
    make_chapters(one, 10)

    answers = {
        client.patch(f"{API}audiobooks/{one.id}/", {}, format="json").status_code,
        client.put(f"{API}audiobooks/{one.id}/chapters/", {"chapters": []}, format="json").status_code,
        *(
            client.post(f"{API}audiobooks/{one.id}/{verb}/").status_code
            for verb in ("publish", "withdraw", "restore")
        ),
        client.patch(f"{API}books/{one.book_id}/", {}, format="json").status_code,
        client.post(f"{API}people/{person.id}/merge/", {"into": str(uuid4())}, format="json").status_code,
    }

    assert answers == {status}


@pytest.mark.django_db
def test_a_change_needs_the_version_that_was_seen(curator):
    one = make_audiobook("Old")
    path = f"audiobooks/{one.id}/"
    seen = etag_of(curator, path)

    first = change(curator, path, {"title": "New"}, seen)
    second = change(curator, path, {"title": "Newer"}, seen)

    assert (first.status_code, first.json()["title"]) == (200, "New")
    assert (second.status_code, second.json()["type"].rpartition("#")[2]) == (412, "precondition-failed")
    assert change(curator, path, {"title": "Newer"}, first["ETag"]).status_code == 200
    assert Audiobook.objects.get().sort_title == "newer"


@pytest.mark.django_db
@pytest.mark.parametrize(("if_match", "status"), [("*", 428), ("", 400), ("unquoted", 400), ('"other"', 412)])
def test_other_preconditions_change_nothing(curator, if_match, status):
    one = make_audiobook("Old")

    assert change(curator, f"audiobooks/{one.id}/", {"title": "New"}, if_match).status_code == status
    assert (
        change(
            curator,
            f"audiobooks/{one.id}/",
            {"title": "New"},
            f"W/{etag_of(curator, f'audiobooks/{one.id}/')}",
        ).status_code
        == 412
    )
    assert Audiobook.objects.get().title == "Old"


@pytest.mark.django_db
def test_whoever_has_this_version_gets_304_and_nothing_more(curator, anybody):
    one = make_audiobook()
    path = f"{API}audiobooks/{one.id}/"
    first = anybody.get(path)

    again = anybody.get(path, HTTP_IF_NONE_MATCH=first["ETag"])
    change(curator, f"audiobooks/{one.id}/", {"summary": "More."})
    later = anybody.get(path, HTTP_IF_NONE_MATCH=first["ETag"])

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (later.status_code, later["ETag"] != first["ETag"]) == (200, True)


@pytest.mark.django_db
def test_what_shows_a_changed_thing_has_a_new_etag(curator):
    person, genre = make_person("Old name"), make_genre("novel")
    book = make_book("Old title")
    book.genres.add(genre)
    one, other = make_audiobook(book=book, authors=[person]), make_audiobook()
    paths = [f"audiobooks/{one.id}/", f"books/{book.id}/", f"audiobooks/{other.id}/"]

    def changed(path: str, body: dict[str, str]) -> list[bool]:
        before = [etag_of(curator, each) for each in paths]
        assert change(curator, path, body).status_code == 200
        return [old != etag_of(curator, each) for old, each in zip(before, paths, strict=True)]

    assert changed(f"people/{person.id}/", {"name": "New name"}) == [True, True, False]
    assert changed(f"books/{book.id}/", {"title": "New title"}) == [True, True, False]
    assert curator.get(f"{API}audiobooks/{one.id}/").json()["authors"][0]["name"] == "New name"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("audiobooks/", {"status": "ready"}, "#/status"),
        ("audiobooks/", {"version": 7}, "#/version"),
        ("audiobooks/", {"id": str(uuid4())}, "#/id"),
        ("audiobooks/", {"duration_ms": 1}, "#/duration_ms"),
        ("audiobooks/", {"language": "English"}, "#/language"),
        ("audiobooks/", {"title": ""}, "#/title"),
        ("audiobooks/", {"title": "<b></b>"}, "#/title"),
        ("audiobooks/", {"title": "x" * 301}, "#/title"),
        ("audiobooks/", {"title": "x" + " " * 300}, "#/title"),
        ("audiobooks/", {"title": "x" + "\x07" * 300}, "#/title"),
        ("audiobooks/", {"credits": [{"person": str(uuid4()), "role": "cook"}]}, "#/credits/0/role"),
        ("audiobooks/", {"credits": [{"person": str(uuid4()), "role": "author", "is_staff": True}]}, "#/credits/0/is_staff"),
        ("audiobooks/", {"credits": "me"}, "#/credits"),
        ("people/", {"name": "A", "role": "staff"}, "#/role"),
        ("people/", {"name": "A", "born_year": 10**9}, "#/born_year"),
        ("books/", {"title": "A", "original_language": "en", "sort_title": "z"}, "#/sort_title"),
    ],
)  # fmt: skip
def test_a_body_that_is_wrong_says_where(curator, path, body, pointer):
    body = new_audiobook(book=str(make_book().id)) | body if path == "audiobooks/" else body

    answer = create(curator, path, body)

    assert answer.status_code == 400
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"book": str(uuid4())}, "book-unknown"),
        ({"publisher": str(uuid4())}, "publisher-unknown"),
        ({"credits": [{"person": str(uuid4()), "role": "author"}]}, "person-unknown"),
    ],
)
def test_what_is_referred_to_must_exist_and_nothing_is_left_behind(curator, body, code):
    answer = create(curator, "audiobooks/", new_audiobook(book=str(make_book().id)) | body)

    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (400, code)
    assert Audiobook.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_post_again_is_answered_again_and_has_no_second_effect(curator):
    body = {"name": "Once"}

    first, again = (create(curator, "people/", body, key="k-1") for _ in range(2))
    other = create(curator, "people/", {"name": "Twice"}, key="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["Location"], again["ETag"]) == (
        first.content,
        first["Location"],
        first["ETag"],
    )
    assert again["Idempotency-Replayed"] == "true"
    assert (other.status_code, Person.objects.count()) == (422, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 1000, "ü", "a b"])
def test_a_missing_or_wrong_key_is_400(ada, as_user, key):
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key != "" else {}

    assert as_user(ada).post(f"{API}people/", {"name": "A"}, format="json", **headers).status_code == 400
    assert Person.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_at_once_one_wins_and_one_learns_of_it(ada, as_user):
    one = make_audiobook("Old")
    path = f"audiobooks/{one.id}/"
    seen, start, answers = etag_of(as_user(ada), path), threading.Barrier(2), []

    def write(title: str) -> None:
        client = as_user(ada)
        start.wait()
        answers.append(change(client, path, {"title": title}, seen))
        connection.close()

    writers = [threading.Thread(target=write, args=(title,)) for title in ("Mine", "Theirs")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    winner = next(answer.json()["title"] for answer in answers if answer.status_code == 200)
    assert Audiobook.objects.get().title == winner


@pytest.mark.django_db
def test_a_person_does_not_die_before_birth(curator):
    answer = create(curator, "people/", {"name": "A", "born_year": 1900, "died_year": 1800})

    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (400, "dies-before-birth")


@pytest.mark.django_db
def test_a_change_of_nothing_and_of_null(curator):
    book = make_book("Same")

    assert change(curator, f"books/{book.id}/", {}).status_code == 200
    assert change(curator, f"books/{book.id}/", {"title": None}).status_code == 400
    assert Book.objects.get().title == "Same"
