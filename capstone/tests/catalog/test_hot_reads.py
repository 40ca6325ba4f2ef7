"""The hot path: the same answers as the ordinary one, right or wrong, from statements that the database has prepared."""

import json
from datetime import date

import pytest
from cast import make_audiobook
from django.db import connection

from audiobooks.catalog.models import Audiobook, Card
from audiobooks.catalog.rest import cards, dispatch
from audiobooks.catalog.rest.views import AudiobookList
from audiobooks.catalog.selectors import audiobooks_shown
from audiobooks.compiled_query import CompiledQuery
from lab_rest.keyset import backwards, rows_after

pytestmark = pytest.mark.django_db
AUDIOBOOKS = "/api/v1/audiobooks/"
DIRECTIONS = [None, (True, False), (True, True), (False, False), (False, True)]


@pytest.fixture
def twelve() -> list[Audiobook]:
    """Recordings that differ in all that is ordered by, some of them hidden from some."""
    return [
        make_audiobook(
            f"Title {number % 5} {number}",
            released_on=date(2024, 1, 1 + number % 4),
            duration_ms=1 + number % 3,
            access=["open", "members", "open"][number % 3],
            status=["ready", "ready", "ready", "draft"][number % 4],
        )
        for number in range(12)
    ]


@pytest.mark.parametrize("ordering", AudiobookList.orderings)
@pytest.mark.parametrize("sight", cards.SEEN_BY)
def test_every_compiled_page_is_what_the_orm_answers(twelve, sight, ordering):
    columns = cards.columns_by(AudiobookList.orderings[ordering])
    names = [column.name for column in columns]
    middle = dict(zip(names, Audiobook.objects.order_by(*names).values_list(*names)[6], strict=True))
    for direction in DIRECTIONS:
        forward, inclusive = direction or (True, False)
        order = columns if forward else backwards(columns)
        expected = audiobooks_shown(cards.SEEN_BY[sight], "card").order_by(*map(str, order))
        if direction:
            expected = expected.filter(rows_after(order, list(middle.values()), inclusive=inclusive))

        found = cards.page_query(sight, columns, direction, 2).rows(**(middle if direction else {}))

        assert found == list(expected.values_list(*names, "card")[:3])


ASKED = [
    "",
    "limit=5",
    "limit=100",
    "limit=005",
    "ordering=-released_on&limit=3",
    "ordering=duration_ms&limit=2&cursor={next}",
    "limit=2&cursor={next}",
    "limit=0",
    "limit=101",
    "limit=x",
    "limit=",
    "limit=+5",
    "limit=%D9%A3",
    "limit=5&limit=6",
    "limit=5\u0000",
    "ordering=",
    "ordering=unknown",
    "cursor=",
    "cursor=x",
    "cursor=a:b:c",
    "cursor=%00",
    "cursor={next}&cursor={next}",
    "cursor={next}x",
    "colour=red",
    "language=en",
    "count=exact",
    "count=no",
    "q=title&limit=3",
]


@pytest.mark.parametrize("query", ASKED)
def test_whatever_is_asked_for_both_paths_answer_alike(twelve, anybody, monkeypatch, query):
    following = anybody.get(f"{AUDIOBOOKS}?limit=2").json()["next"].partition("cursor=")[2].partition("&")[0]
    address = f"{AUDIOBOOKS}?{query.format(next=following)}"
    hot = anybody.get(address)

    monkeypatch.setattr(cards, "asked_of", lambda *_: None)
    monkeypatch.setattr("audiobooks.catalog.rest.caching.has_few_values", lambda _query: False)
    ordinary = anybody.get(address)

    assert hot.status_code == ordinary.status_code
    assert without_times(hot.json()) == without_times(ordinary.json())
    assert hot.status_code != 200 or hot.json()["results"]


def without_times(answer: dict) -> dict:
    """Leave out the request's id, and from links the cursor's time and signature."""
    answer.pop("request_id", None)
    return {
        name: value.partition(".")[0] if name in ("next", "previous") and value else value
        for name, value in answer.items()
    }


def test_only_what_says_no_more_than_where_and_how_many_is_hot(twelve, anybody, monkeypatch):
    asked = []
    plain_page = cards.plain_page
    monkeypatch.setattr(cards, "plain_page", lambda *given: asked.append(given[2]) or plain_page(*given))

    for query in ("limit=7", "ordering=-title", "limit=7&language=en", "count=exact", "limit=7&limit=7"):
        anybody.get(f"{AUDIOBOOKS}?{query}")

    assert [(one.rows, one.order) for one in asked] == [(7, "title"), (25, "-title")]


def test_a_statement_is_prepared_once_it_has_run_five_times(twelve):
    query = cards.whole_query("curator")
    for audiobook in twelve[:6]:
        assert query.rows(id=audiobook.pk)[0][0] == audiobook.version

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%catalog_card_made%'"
        )
        assert cursor.fetchone() == (1,)


def test_a_stand_in_that_is_nowhere_in_the_query_is_an_error():
    with pytest.raises(ValueError, match="not among the parameters of the query: title"):
        CompiledQuery(Audiobook.objects.filter(language="en"), title="x")


def test_a_value_that_is_written_into_the_statement_may_hold_anything(twelve):
    title = "100 % of %s, or 'nothing'"
    audiobook = make_audiobook(title)
    query = CompiledQuery(
        Audiobook.objects.filter(title=title, pk=cards.SOMEBODY).values_list("pk"), id=cards.SOMEBODY
    )

    assert query.rows(id=audiobook.pk) == [(audiobook.pk,)]
    assert query.rows(id=twelve[0].pk) == []


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_a_statement_answers_the_same(django_assert_num_queries):
    audiobook = make_audiobook("Emma")
    query = cards.whole_query("anonymous", kept=True)

    unwatched = query.rows(id=audiobook.pk)
    with django_assert_num_queries(1):
        watched = query.rows(id=audiobook.pk)

    assert unwatched == watched
    assert unwatched[0][0] == audiobook.version


def test_what_is_not_kept_just_now_is_made(twelve, anybody, django_assert_num_queries):
    following = anybody.get(f"{AUDIOBOOKS}?limit=2").json()["next"].partition("cursor=")[2].partition("&")[0]
    addresses = [f"{AUDIOBOOKS}?limit=3&cursor={following}", f"{AUDIOBOOKS}{twelve[0].pk}/?not=kept"]
    kept = [anybody.get(address).content for address in addresses]
    Card.objects.all().delete()

    for address, before in zip(addresses, kept, strict=True):
        with django_assert_num_queries(2):
            made = anybody.get(address)
        assert without_times(made.json()) == without_times(json.loads(before))


PLAIN = [
    ("get", "", {}),
    ("get", "?limit=0", {}),
    ("get", "", {"Accept": "application/json"}),
    ("get", "", {"Authorization": "Bearer forged"}),
    ("get", "", {"If-None-Match": "*"}),
    ("get", "", {"If-None-Match": "nonsense"}),
    ("get", f"{cards.SOMEBODY}/", {}),
    ("get", "nonsense/", {}),
    ("get", "", {"Accept": "text/html"}),
    ("head", "", {}),
    ("options", "", {}),
]


@pytest.mark.parametrize(("method", "path", "headers"), PLAIN)
def test_a_plain_read_is_answered_as_rest_framework_would(
    twelve, anybody, monkeypatch, method, path, headers
):
    def asked():
        return getattr(anybody, method)(f"{AUDIOBOOKS}{path}", headers={"X-Request-ID": "one"} | headers)

    plain = asked()
    monkeypatch.setattr(dispatch, "PLAINLY_JSON", frozenset())
    ordinary = asked()

    assert plain.status_code == ordinary.status_code
    assert plain.content == ordinary.content
    assert untold(plain.headers) == untold(ordinary.headers)


def untold(headers) -> dict[str, str]:
    """Leave out what is left of the limit; it is there."""
    assert (
        "RateLimit" in headers
        or "WWW-Authenticate" in headers
        or headers["Content-Type"].endswith("problem+json")
    )
    return {name: value for name, value in headers.items() if name != "RateLimit"}
