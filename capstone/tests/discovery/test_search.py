"""Search over HTTP: what is found, in which order, by whom, and what it costs."""

import pytest
from cast import make_audiobook, make_book, make_genre, make_person, make_series
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audiobooks.catalog.models import Audiobook
from audiobooks.discovery.models import AudiobookDocument

pytestmark = pytest.mark.django_db
SEARCH = "/api/v1/search/"


def titles(client, asked: str, **filters: object) -> list[str]:
    return [one["title"] for one in client.get(SEARCH, {"q": asked, **filters}).json()["results"]]


def test_a_title_weighs_more_than_people_and_series_and_those_more_than_a_summary(anybody):
    make_audiobook("By nobody", summary="A harbour, a storm, a harbour, and a harbour again.")
    make_audiobook("By somebody", narrators=[make_person("Ann Harbour")])
    make_audiobook("In a series", book=(book := make_book("In a series")))
    make_series("Harbour stories", book)
    make_audiobook("The Old Harbour")
    make_audiobook("Harbour")

    found = titles(anybody, "harbour")

    assert found[:2] == ["Harbour", "The Old Harbour"]
    assert set(found[2:4]) == {"By somebody", "In a series"}
    assert found[4:] == ["By nobody"]


def test_the_cards_are_the_lists_cards(anybody):
    make_audiobook("Emma", authors=[make_person("Jane Austen")], summary="Matches.")

    found = anybody.get(SEARCH, {"q": "emma"}).json()["results"]

    assert found == anybody.get("/api/v1/audiobooks/").json()["results"]


def test_pages_show_everything_once_in_a_fixed_order(anybody):
    for _ in range(7):
        make_audiobook("Same")
    make_audiobook("Same, but longer")

    whole = [one["id"] for one in anybody.get(SEARCH, {"q": "same"}).json()["results"]]
    paged, url = [], f"{SEARCH}?q=same&limit=3"
    while url:
        page = anybody.get(url).json()
        paged += [one["id"] for one in page["results"]]
        url = page["next"]

    assert (len(whole), paged) == (8, whole)
    assert anybody.get(f"{SEARCH}?q=same&limit=3").json()["facets"] is not None
    assert page["facets"] is None
    assert anybody.get(page["previous"]).json()["results"][0]["id"] == whole[3]


@pytest.mark.parametrize(
    ("asked", "closeness"),
    [
        ("the storm", "words"),
        ("a storm", "key_words"),
        ("strom", "near_words"),
        ("stor", "near_words"),
        ("stormmm", "similar"),
    ],
)
def test_it_says_how_close_the_results_are(anybody, asked, closeness):
    make_audiobook("The Storm")

    answer = anybody.get(SEARCH, {"q": asked}).json()

    assert ([one["title"] for one in answer["results"]], answer["closeness"]) == (["The Storm"], closeness)


def test_nobody_finds_what_they_may_not_see_nor_learns_of_it(anybody, as_user, bo, ada):
    narrator = make_person("Hidden Voice")
    make_audiobook("Nightfall", status="draft", narrators=[narrator])
    make_audiobook("Nightfall", access="members", language="fr")
    make_audiobook("Nightfalls")

    found = {
        who: anybody_or.get(SEARCH, {"q": "nightfall"}).json()
        for who, anybody_or in (("anybody", anybody), ("bo", as_user(bo)), ("ada", as_user(ada)))
    }

    assert {who: len(answer["results"]) for who, answer in found.items()} == {"anybody": 1, "bo": 2, "ada": 3}
    assert found["anybody"]["closeness"] == "words"
    assert [one["value"] for one in found["anybody"]["facets"]["language"]] == ["en"]
    assert found["bo"]["facets"]["narrator"] == []
    assert found["ada"]["facets"]["narrator"] == [
        {"value": str(narrator.pk), "label": "Hidden Voice", "count": 1}
    ]


def test_each_facet_counts_what_its_filter_leaves(anybody):
    fiction, author, other = make_genre("fiction"), make_person("Ann Ash"), make_person("Bo Birch")
    novel, verse = make_genre("novel", parent=fiction), make_genre("verse")
    made = [
        (["pt"], [novel], [author], []),
        (["pt-BR"], [novel, fiction], [author, other], [author]),
        (["pt-BR"], [verse], [], [other]),
        (["en"], [], [other], [author, other]),
    ]
    for (language,), genres, authors, narrators in made:
        audiobook = make_audiobook("River", language=language, authors=authors, narrators=narrators)
        audiobook.book.genres.set(genres)
    make_audiobook("Lake", language="en")

    facets = anybody.get(SEARCH, {"q": "river"}).json()["facets"]
    left = {
        name: {
            one["value"]: anybody.get(SEARCH, {"q": "river", name: one["value"], "count": "exact"}).json()[
                "count"
            ]
            for one in values
        }
        for name, values in facets.items()
    }

    assert left == {name: {one["value"]: one["count"] for one in values} for name, values in facets.items()}
    assert left["language"] == {"pt": 3, "pt-BR": 2, "en": 1}
    assert left["genre"] == {"fiction": 2, "novel": 2, "verse": 1}


def test_it_is_narrowed_as_the_list_is(anybody):
    make_audiobook("River", language="en", is_abridged=True)
    make_audiobook("River", language="de")

    assert len(titles(anybody, "river", language="de")) == 1
    assert len(titles(anybody, "river", is_abridged="true", language="de")) == 0
    assert anybody.get(SEARCH, {"q": "river", "colour": "red"}).status_code == 400


@pytest.mark.parametrize("path", ["search/", "search/suggest/"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "required"),
        ("q=", "required"),
        ("q=%20%20", "required"),
        ("q=" + "x" * 201, "max_length"),
        ("q=%00", "unstorable_text"),
        ("q=a&q=b", "repeated"),
        ("q=a&page=2", "unknown"),
    ],
)
def test_what_cannot_be_asked_is_a_400_that_says_why(anybody, path, query, code):
    answer = anybody.get(f"/api/v1/{path}?{query}")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


@pytest.mark.parametrize(
    "asked",
    [
        "!?",
        "' | ! & :*",
        "(emma",
        "emma:*",
        "emma & !jane",
        "\\",
        "'" * 200,
        "ab " * 66,
        "ｅｍｍａ",
        "🐸",
        "é" * 200,
    ],
)
def test_whatever_is_typed_is_words(anybody, asked):
    make_audiobook("Emma")

    for path in ("search/", "search/suggest/"):
        assert anybody.get(f"/api/v1/{path}", {"q": asked}).status_code == 200


def test_a_search_costs_the_same_however_much_there_is(anybody, django_assert_num_queries):
    def make(number: int) -> None:
        for _ in range(number):
            audiobook = make_audiobook("Cost", authors=[make_person()], narrators=[make_person()])
            audiobook.book.genres.add(make_genre(f"g{audiobook.pk}"))
            make_series("S", audiobook.book)

    make(2)
    with CaptureQueriesContext(connection) as few:
        anybody.get(SEARCH, {"q": "cost", "limit": 100})
    make(30)

    with django_assert_num_queries(2):  # the page, the facets
        assert len(titles(anybody, "cost", limit=100)) == 32
    assert len(few) == 2


def test_who_has_an_answer_is_not_sent_it_again(anybody):
    make_audiobook("Emma")
    first = anybody.get(SEARCH, {"q": "emma"})

    again = anybody.get(SEARCH, {"q": "emma"}, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_a_document_goes_with_its_recording():
    audiobook = make_audiobook("Gone")

    Audiobook.objects.filter(pk=audiobook.pk).delete()

    assert not AudiobookDocument.objects.exists()
