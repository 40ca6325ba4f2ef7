"""Who sees what: `visible_to` decides for lists, details and everything nested below them."""

import pytest
from cast import make_audiobook, make_book, make_person, make_publisher, make_series
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db

SEEN = {
    "anybody": {"open"},
    "bo": {"open", "members", "restricted"},
    "ada": {"open", "members", "restricted", "draft", "processing", "withdrawn"},
}


@pytest.fixture
def shelf():
    """One recording of each kind, by name; each with a person, a book and a series that nothing else has."""

    def one(kind: str, **but):
        book = make_book(kind)
        series = make_series(kind, book)
        person = make_person(kind)
        return make_audiobook(kind, book=book, authors=[person], **but), book, series, person

    ready = {kind: one(kind, access=kind) for kind in ("open", "members", "restricted")}
    return ready | {kind: one(kind, status=kind) for kind in ("draft", "processing", "withdrawn")}


@pytest.fixture
def clients(ada, bo, anybody, as_user):
    """Who asks, by name."""
    return {"anybody": anybody, "bo": as_user(bo), "ada": as_user(ada)}


@pytest.mark.parametrize("who", SEEN)
@pytest.mark.parametrize("path", ["audiobooks/", "books/", "people/", "series/"])
def test_lists_show_what_the_caller_may_know_of(clients, shelf, who, path):
    answer = clients[who].get(f"/api/v1/{path}")

    shown = {result.get("title") or result["name"] for result in answer.json()["results"]}
    assert shown == SEEN[who]


@pytest.mark.parametrize("who", SEEN)
def test_details_and_nested_lists_are_404_where_the_list_would_not_show_it(clients, shelf, who):
    seen = {}
    for kind, (audiobook, book, series, person) in shelf.items():
        paths = (
            f"audiobooks/{audiobook.id}/",
            f"audiobooks/{audiobook.id}/chapters/",
            f"books/{book.id}/",
            f"series/{series.id}/",
            f"series/{series.id}/books/",
            f"people/{person.id}/",
        )
        seen[kind] = {clients[who].get(f"/api/v1/{path}").status_code for path in paths}

    assert seen == {kind: {200} if kind in SEEN[who] else {404} for kind in shelf}


def test_a_person_known_from_a_draft_alone_stays_unknown_on_a_book_with_a_ready_recording(anybody):
    known, unknown, book = make_person("Known"), make_person("Unknown"), make_book()
    make_audiobook(book=book, authors=[known])
    make_audiobook(book=book, authors=[unknown], status="draft")

    answer = anybody.get(f"/api/v1/books/{book.id}/")

    assert [person["name"] for person in answer.json()["authors"]] == ["Known"]


@pytest.mark.parametrize(
    "path", ["audiobooks/{}/", "audiobooks/{}/chapters/", "books/{}/", "people/{}/", "series/{}/books/"]
)
@pytest.mark.parametrize(
    "word", ["1", "not-a-uuid", "00000000-0000-0000-0000-00000000000g", "%00", "..%2f..", "é"]
)
def test_an_id_that_is_no_uuid_is_a_404_that_says_so(anybody, path, word):
    answer = anybody.get("/api/v1/" + path.format(word))

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_detail_shows_everything_in_one_query(anybody, django_assert_num_queries):
    audiobook = make_audiobook(
        "Whole", authors=[make_person("A")], summary="All of it.", publisher=make_publisher("P")
    )
    audiobook.external_ids.create(scheme="gutenberg", value="84")

    with django_assert_num_queries(1):
        answer = anybody.get(f"/api/v1/audiobooks/{audiobook.id}/").json()

    assert answer["summary"] == "All of it."
    assert answer["publisher"]["name"] == "P"
    assert [(credit["role"], credit["person"]["name"]) for credit in answer["credits"]] == [("author", "A")]
    assert answer["external_ids"] == [{"scheme": "gutenberg", "value": "84"}]
    assert answer["version"] == 1


def test_answers_are_never_shared_between_callers(bo, as_user):
    make_audiobook()

    answer = as_user(bo).get("/api/v1/audiobooks/")

    assert answer["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer["Vary"]


def test_a_wrong_token_is_refused_even_where_none_is_needed():
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer wrong")

    assert client.get("/api/v1/audiobooks/").status_code == 401
