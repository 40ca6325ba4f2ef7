"""Connections: pages by keyset, cursors that nobody can forge, no count."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lab_graphql.connections import page_from, read_cursor, rows_of, write_cursor
from lab_graphql.errors import Refused

PAGE = "query($first:Int,$after:String){films(first:$first,after:$after){nodes{id} edges{cursor node{id}} pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}}"


def page_of(ask, **variables):
    return ask(PAGE, variables=variables).json()["data"]["films"]


def test_a_walk_shows_all_400_films_once_in_5_pages_of_100(ask):
    seen, after, flags = [], None, []
    while after is not None or not seen:
        page = page_of(ask, first=100, after=after)
        seen += [node["id"] for node in page["nodes"]]
        flags.append((page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]))
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
        if after is None:
            break

    assert len(seen) == len(set(seen)) == 400
    assert flags == [(False, True), (True, True), (True, True), (True, False)]


def test_each_edge_has_its_cursor_and_the_page_those_of_its_ends(ask):
    page = page_of(ask, first=3)
    cursors = [edge["cursor"] for edge in page["edges"]]

    assert [edge["node"] for edge in page["edges"]] == page["nodes"]
    assert (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == (cursors[0], cursors[2])
    assert page_of(ask, first=1, after=cursors[0])["nodes"] == page["nodes"][1:2]


def test_an_empty_page_has_no_cursors_and_no_next_page(ask):
    document = "{films(since:3000){nodes{id} pageInfo{hasNextPage startCursor endCursor}}}"

    assert ask(document).json()["data"]["films"] == {
        "nodes": [],
        "pageInfo": {"hasNextPage": False, "startCursor": None, "endCursor": None},
    }


def test_a_page_deep_in_the_list_is_one_query_without_offset_or_count(ask):
    after = page_of(ask, first=100)["pageInfo"]["endCursor"]

    with CaptureQueriesContext(connection) as queries:
        page_of(ask, first=20, after=after)

    (query,) = [query["sql"] for query in queries]
    assert "(1" not in query.split("WHERE")[0]
    assert "OFFSET" not in query
    assert "COUNT" not in query.upper()


def test_an_ascending_order_goes_on_after_the_cursor_too(db):
    from graphql_playground.models import Film  # noqa: PLC0415 -- after Django is set up

    ordering = "films.oldest"
    whole = [film.pk for film in Film.objects.order_by("year", "id")[:6]]
    third = Film.objects.get(pk=whole[2])

    after = write_cursor((third.year, third.pk), ordering=ordering)
    rows = rows_of(Film.objects.all(), page_from(2, after, ordering=ordering), "year", "id")

    assert [film.pk for film in rows] == whole[3:6]


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
@pytest.mark.parametrize("step", ["step1", "step5"])
def test_a_first_beyond_the_bounds_is_refused(ask, first, step):
    answer = ask("query($n:Int){films(first:$n){pageInfo{hasNextPage}}}", step, variables={"n": first})

    (error,) = answer.json()["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["films"], "INVALID_PAGE")
    assert error["message"] == f"first: ask for 1 to 100, not {first}."


def test_first_unsaid_or_null_is_20(ask):
    assert len(page_of(ask, first=None)["nodes"]) == 20
    assert page_from(None, None, ordering="x", default=7).limit == 7


def test_a_cursor_altered_or_of_another_list_is_refused():
    cursor = write_cursor((2001, 7), ordering="films.newest")

    assert read_cursor(cursor, ordering="films.newest") == (2001, 7)
    for wrong, ordering in (
        (cursor, "films.oldest"),
        (f"X{cursor[1:]}", "films.newest"),
        ("", "films.newest"),
    ):
        with pytest.raises(Refused, match="not a cursor of this list") as error:
            read_cursor(wrong, ordering=ordering)
        assert error.value.type == "invalid-cursor"


def test_a_wrong_cursor_is_told_with_its_path(ask):
    (error,) = ask('{films(after:"WyJ4Il0"){nodes{id}}}').json()["errors"]

    assert (error["path"], error["extensions"]["code"]) == (["films"], "INVALID_CURSOR")
