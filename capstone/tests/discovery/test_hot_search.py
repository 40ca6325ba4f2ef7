"""The hot search: the same answers as the ordinary one, right or wrong, to whoever asks, from prepared statements."""

import pytest
from cast import make_audiobook, make_genre, make_person, make_user, sign_in
from django.db.models import F
from rest_framework.test import APIClient

from audiobooks.catalog.models import Audiobook, Card
from audiobooks.catalog.rest import cards, dispatch
from audiobooks.discovery.facets import facets_in, facets_of
from audiobooks.discovery.rest import found
from audiobooks.discovery.selectors import Closeness, audiobooks_ranked
from lab_rest.keyset import backwards, rows_after

pytestmark = pytest.mark.django_db
SEARCH = "/api/v1/search/"
DIRECTIONS = [None, (True, False), (True, True), (False, False), (False, True)]


@pytest.fixture
def storms() -> None:
    """Recordings that are found by the same words, some of them hidden from some."""
    genre, author = make_genre("verse"), make_person("Zoë Ångström")
    for number in range(12):
        audiobook = make_audiobook(
            ["The Storm", "Storm’s Éire", "L’Été: storm", "Storm, storm", "O'Brien – Storms"][number % 5],
            access=["open", "members", "open"][number % 3],
            status=["ready", "ready", "ready", "draft"][number % 4],
            language=["en", "pt-BR", "pt"][number % 3],
            authors=[author] if number % 2 else [make_person("Ann O'Hara")],
            narrators=[make_person(f"Voice {number}")],
        )
        audiobook.book.genres.set([genre] if number % 4 == 0 else [])


def client_of(role: str) -> APIClient:
    """Return somebody's client: of a listener, of a curator, or nobody's."""
    return APIClient() if role == "anybody" else sign_in(make_user(role, role=role))


def ask(client, query: str):
    return client.get(f"{SEARCH}?{query}")


def next_cursor(client, query: str) -> str:
    """Return where the page after the first begins; nothing where it is the last, or wrong."""
    return (ask(client, query).json().get("next") or "").partition("cursor=")[2].partition("&")[0]


def told(answer) -> tuple:
    """Return what an answer says; without the request's id, and in links the cursor's time and signature."""
    body = answer.json()
    body.pop("request_id", None)
    for name in ("next", "previous"):
        if body.get(name):
            before, cursor = body[name].split("cursor=")
            body[name] = (before, cursor.partition(".")[0], cursor.partition("&")[2])
    return answer.status_code, body, answer["Content-Type"], answer["Cache-Control"], sorted(answer.headers)


@pytest.mark.parametrize("closeness", Closeness)
@pytest.mark.parametrize("sight", cards.SEEN_BY)
def test_every_compiled_page_is_what_the_orm_answers(storms, sight, closeness):
    asked = {"words": "storm", "key_words": "a storm", "near_words": "strom", "similar": "stormmm"}[closeness]
    ranked = audiobooks_ranked(cards.shown_to(sight, kept=False), closeness, asked)
    middle = ranked.order_by(*found.BEST).values("score", "id")[2]
    for direction in DIRECTIONS:
        forward, inclusive = direction or (True, False)
        order = found.COLUMNS if forward else backwards(found.COLUMNS)
        expected = ranked.order_by(*map(str, order))
        if direction:
            expected = expected.filter(rows_after(order, list(middle.values()), inclusive=inclusive))
        values = {"asked": asked} | (middle if direction else {})

        for kept in (True, False):
            page = found.found_query(sight, closeness, direction, 2, kept=kept).rows(**values)
            assert page == list(expected.values_list("score", F("id"), "card")[:3])

    facets = facets_in(found.facets_query(sight, closeness).rows(asked=asked))
    assert facets == facets_of(ranked)
    assert facets["author"]


ASKED = [
    "q=storm",
    "q=STORM&limit=2",
    "q=storm&limit=005&ordering=relevance",
    "q=%20%20the%20storm%20",
    "q=the+storm&limit=2&cursor={next}",
    "q=+storm+&limit=3&cursor={next}",
    "q=storm%E2%80%99s+%C3%A9ire",
    "q=l%27ete",
    "q=L%E2%80%99%C3%89t%C3%A9",
    "q=obrien",
    "q=o%27brien%20%E2%80%93%20storms",
    "q=zoe+angstrom",
    "q=" + "storm+" * 30,
    "q=a+storm&limit=2",  # key words
    "q=a+storm&limit=2&cursor={next}",
    "q=strom&limit=2",  # near words
    "q=strom&limit=2&cursor={next}",
    "q=stormmm&limit=2",  # similar
    "q=stormmm&limit=2&cursor={next}",
    "q=nothing+is+like+this",
    "q=%21%3F",
    "q=%F0%9F%90%B8",
    "q=100%25+of+%25s",
    "q=%5C%27%3B--",
    "q=%EE%80%80",
    "q=%FF",
    "q=%C2%A0storm%E3%80%80",
    "q=a%0Ab",
    "q=%00",
    "q=",
    "q=%20",
    "",
    "limit=2",
    "q=" + "x" * 200,
    "q=" + "x" * 201,
    "q=" + "%C3%A9" * 200 + "%20",
    "q=storm&q=storm",
    "q=storm&limit=0",
    "q=storm&limit=101",
    "q=storm&limit=",
    "q=storm&ordering=",
    "q=storm&ordering=-score",
    "q=storm&ordering=relevance&cursor={next}",
    "q=storm&cursor=",
    "q=storm&cursor={next}x",
    "q=storm&cursor={next}&cursor={next}",
    "q=storm&cursor={next}&limit=1&limit=1",
    "q=storm&language=pt",
    "q=storm&genre=verse&limit=1&cursor={next}",
    "q=storm&count=exact&limit=2",
    "q=storm&count=no",
    "q=storm&colour=red",
    "q=storm&limit=2&count=exact&cursor={next}",
]


@pytest.mark.parametrize("role", ["anybody", "listener", "curator"])
def test_whatever_is_looked_for_both_ways_answer_alike(storms, monkeypatch, role):
    client = client_of(role)
    asked = [query.format(next=next_cursor(client, query.partition("&cursor")[0])) for query in ASKED]
    asked.append(f"q=storms&limit=2&cursor={next_cursor(client, 'q=storm&limit=2')}")  # of another search
    hot = [told(ask(client, query)) for query in asked]

    monkeypatch.setattr(found, "asked_of", lambda *_: None)
    monkeypatch.setattr(dispatch, "PLAINLY_JSON", frozenset())
    ordinary = [told(ask(client, query)) for query in asked]

    for query, one, other in zip(asked, hot, ordinary, strict=True):
        assert one == other, query
    assert {answer[0] for answer in hot} == {200, 400}
    assert {answer[1].get("closeness") for answer in hot} == {None, *Closeness}


def test_only_what_says_no_more_than_words_and_where_is_hot(storms, anybody, monkeypatch):
    asked = []
    monkeypatch.setattr(found, "plain_page", lambda *given: asked.append(given[2]) or [])

    for query in (
        "q=storm&limit=7",
        "q=+storm+&ordering=relevance",
        "q=storm&language=en",
        "q=storm&count=exact",
        "q=a&q=a",
        "q=a%00",
        "limit=7",
    ):
        ask(anybody, query)

    assert [(one.words, one.rows, one.order) for one in asked] == [
        ("storm", 7, "relevance"),
        ("storm", 25, "relevance"),
    ]


@pytest.mark.parametrize(
    ("query", "first", "second"),
    [("q=storm", 2, 1), ("q=a+storm", 3, 4), ("q=strom", 4, 5), ("q=stormmm", 5, 5)],
)
def test_each_step_that_finds_nothing_costs_one_query(
    storms, anybody, django_assert_num_queries, query, first, second
):
    cursor = next_cursor(anybody, f"{query}&limit=2")

    with django_assert_num_queries(first):
        ask(anybody, f"{query}&limit=2")
    with django_assert_num_queries(second):
        assert ask(anybody, f"{query}&limit=2&cursor={cursor}").json()["results"]


def test_a_page_whose_rows_are_gone_leads_back(storms, anybody):
    query = "q=storm&limit=2"
    cursor = next_cursor(anybody, query)
    shown = [one["id"] for one in ask(anybody, query).json()["results"]]
    Audiobook.objects.exclude(pk__in=shown).delete()

    page = ask(anybody, f"{query}&cursor={cursor}").json()

    assert (page["results"], page["closeness"], page["next"]) == ([], "words", None)
    assert [one["id"] for one in anybody.get(page["previous"]).json()["results"]] == shown


def test_a_card_that_is_not_kept_just_now_is_made(storms, anybody, django_assert_num_queries):
    kept = ask(anybody, "q=storm").json()
    Card.objects.all().delete()

    with django_assert_num_queries(3):
        made = ask(anybody, "q=storm").json()

    assert made == kept
