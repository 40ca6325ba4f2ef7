"""What is a listener's own, in the graph."""

import pytest
from cast import make_audiobook
from graph.asking import ask, data, refusals
from graph.owning import belongings_of
from library.own import Listener

from audiobooks.accounts.models import User

pytestmark = pytest.mark.django_db

MINE = """{me {username email role
  library {nodes {audiobook {id title durationMs} state changedAt revision}}
  shelves {nodes {id name size createdAt revision items {nodes {id audiobook {id title durationMs} rank revision}}}}
  bookmarks {nodes {id audiobook {id title durationMs} startMs endMs note createdAt revision}}
  positions {nodes {id audiobook {id title durationMs} positionMs generation heardAt device {id name} revision}}
  stats {heardMs days {day listenedMs}}}}"""


def snake(value):
    """Return an answer as REST would spell it."""
    if isinstance(value, list):
        return [snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        "".join(f"_{mark.lower()}" if mark.isupper() else mark for mark in name): snake(each)
        for name, each in value.items()
    }


def test_what_is_mine_is_told_as_rest_tells_it(bo, as_user):
    belongings_of(bo, 3)
    rest = Listener(bo)

    mine = snake(data(as_user(bo), MINE))["me"]

    entries, shelves = mine["library"]["nodes"], mine["shelves"]["nodes"]
    assert {name: mine[name] for name in ("username", "email", "role")} == {
        "username": "bo",
        "email": "bo@example.org",
        "role": "LISTENER",
    }
    assert [entry | {"state": entry["state"].lower()} for entry in entries] == rest.results("library/")
    items = [shelf.pop("items")["nodes"] for shelf in shelves]
    assert shelves == rest.results("shelves/")
    for shelf, found in zip(shelves, items, strict=True):
        told = [{**item, "rank": int(item["rank"]), "shelf": shelf["id"]} for item in found]
        assert told == rest.results(f"shelves/{shelf['id']}/items/")
    assert mine["bookmarks"]["nodes"] == rest.results("bookmarks/")
    assert mine["positions"]["nodes"] == rest.results("positions/")
    assert mine["stats"] == rest.get("stats/").json() == {"heard_ms": 0, "days": []}


def test_a_recording_says_where_its_caller_is_in_it_and_strangers_nothing(bo, cy, as_user, anybody):
    belongings_of(bo, 2)
    document = "{audiobooks {nodes {title position {positionMs} libraryEntry {state}}}}"

    bos, cys, nobodys = (
        data(who, document)["audiobooks"]["nodes"] for who in (as_user(bo), as_user(cy), anybody)
    )

    assert bos == [
        {"title": "Title 000", "position": {"positionMs": 0}, "libraryEntry": {"state": "IN_PROGRESS"}},
        {"title": "Title 001", "position": {"positionMs": 1}, "libraryEntry": {"state": "IN_PROGRESS"}},
    ]
    nothing = [{"title": f"Title 00{n}", "position": None, "libraryEntry": None} for n in (0, 1)]
    assert cys == nobodys == nothing


def test_lists_of_ones_own_have_pages_whose_cursors_are_ones_own(bo, cy, as_user):
    belongings_of(bo, 5)
    document = """query ($after: String) {me {library(first: 2, after: $after, order: TITLE, state: IN_PROGRESS) {
      nodes {audiobook {title}} pageInfo {hasNextPage endCursor}}}}"""

    pages, after = [], None
    for _ in range(3):
        page = data(as_user(bo), document, after=after)["me"]["library"]
        pages.append(
            ([node["audiobook"]["title"][-1] for node in page["nodes"]], page["pageInfo"]["hasNextPage"])
        )
        first, after = after or page["pageInfo"]["endCursor"], page["pageInfo"]["endCursor"]
    other = ask(as_user(cy), document, after=first)

    assert pages == [(["0", "1"], True), (["2", "3"], True), (["4"], False)]
    assert refusals(other) == [(200, "INVALID_CURSOR")]


def test_what_may_no_longer_be_seen_is_in_no_list_of_ones_own(bo, as_user):
    belongings_of(bo, 2)
    audiobook = make_audiobook("Gone")
    rest = Listener(bo)
    rest.put(f"library/{audiobook.pk}", {"state": "wishlist"})
    audiobook.status = "withdrawn"
    audiobook.save()

    found = data(as_user(bo), "{me {library {nodes {audiobook {title}}}}}")["me"]["library"]["nodes"]

    assert [node["audiobook"]["title"] for node in found] == ["Title 000", "Title 001"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [("stats(days: 0) {heardMs}", "INVALID_QUERY"), ("stats(days: 367) {heardMs}", "INVALID_QUERY"),
     ('bookmarks(audiobook: "x") {nodes {id}}', "NOT_AN_ID"), ("shelves(first: 101) {nodes {id}}", "INVALID_PAGE")],
)  # fmt: skip
def test_wrong_arguments_are_named(bo, as_user, arguments, code):
    assert refusals(ask(as_user(bo), f"{{me {{{arguments}}}}}")) == [(200, code)]


def test_an_account_that_is_gone_is_told(bo, as_user):
    client = as_user(bo)
    User.objects.filter(pk=bo.pk).update(is_active=False)

    assert refusals(ask(client, "{me {username}}")) == [(200, "ACCOUNT_GONE")]
