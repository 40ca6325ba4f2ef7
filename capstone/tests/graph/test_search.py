"""Search in the graph: what REST finds, in REST's order, with REST's facets."""

import pytest
from cast import make_audiobook, make_person
from graph.asking import ask, data, refusals
from graph.test_catalog import catalogue_of

pytestmark = pytest.mark.django_db

SEARCH = """query ($q: String!, $first: Int! = 25, $after: String, $filter: AudiobookFilter) {
  search(query: $q, first: $first, after: $after, filter: $filter) {
    nodes {id title} closeness pageInfo {hasNextPage endCursor}
    facets {language {value label count} genre {value label count} author {value label count} narrator {value label count}}}}"""


def test_search_finds_what_rest_finds(anybody):
    catalogue_of(5)
    make_audiobook("Another title", language="fr")
    rest = anybody.get("/api/v1/search/", {"q": "title"}).json()

    found = data(anybody, SEARCH, q="title")["search"]
    pages, after = [], None
    for _ in range(3):
        page = data(anybody, SEARCH, q="title", first=2, after=after)["search"]
        pages += page["nodes"]
        after = page["pageInfo"]["endCursor"]

    assert [node["id"] for node in found["nodes"]] == [one["id"] for one in rest["results"]]
    assert len(found["nodes"]) == 6
    assert (found["closeness"].lower(), found["facets"]) == (rest["closeness"], rest["facets"])
    assert pages == found["nodes"]


def test_what_is_found_is_narrowed_and_near_words_are_found(anybody):
    make_audiobook("Emma", authors=[make_person("Jane Austen")])
    make_audiobook("Emma", language="fr")

    narrowed = data(anybody, SEARCH, q="emma", filter={"language": "fr"})["search"]
    near = data(anybody, SEARCH, q="jane austin")["search"]
    suggested = data(anybody, '{suggestions(query: "jan") {kind text}}')["suggestions"]

    assert [node["title"] for node in narrowed["nodes"]] == ["Emma"]
    assert ([node["title"] for node in near["nodes"]], near["closeness"]) == (["Emma"], "NEAR_WORDS")
    assert suggested[0] == {"kind": "PERSON", "text": "Jane Austen"}


@pytest.mark.parametrize("q", ["", " ", "x" * 201])
def test_a_question_that_is_none_is_refused(anybody, q):
    wrong = ask(anybody, SEARCH, q=q)

    assert refusals(wrong) == [(200, "INVALID_QUERY")]
    assert [one["parameter"] for one in wrong.json()["errors"][0]["extensions"]["errors"]] == ["q"]


def test_what_is_not_visible_is_not_found(anybody, as_user, bo):
    make_audiobook("Emma", access="members")

    assert data(anybody, SEARCH, q="emma")["search"]["nodes"] == []
    assert len(data(as_user(bo), SEARCH, q="emma")["search"]["nodes"]) == 1
