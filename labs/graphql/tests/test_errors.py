"""Errors: a code, a place, a type; nothing of ours, and the same mapping as the REST interface's."""

import logging
from types import SimpleNamespace

import pytest
from ariadne import ObjectType, QueryType
from graphql import GraphQLError

from lab_graphql.errors import Errors, Refused
from lab_graphql.graph import Asking, Context, Graph
from lab_graphql.schema import load_schema

SDL = "type Query {\n  ok: Int\n  thing: Thing\n  things: [Thing!]!\n}\ntype Thing {\n  name: String\n  size: Int\n}\n"


class OutOfStock(Exception):
    pass


def problem_for(exc, request):
    if isinstance(exc, OutOfStock):
        return SimpleNamespace(
            status=409, type="out-of-stock", title="Out of stock", detail="None left.", headers=None,
            errors=[{"pointer": "#/amount", "code": "too_many", "detail": "3 are left."}],
        )  # fmt: skip
    return None


@pytest.fixture
def answer(sdl, rf):
    """Return a function that answers a document on a graph whose ``thing`` raises or returns what is given."""

    def run(text: str, outcome, **variables):
        query, thing = QueryType(), ObjectType("Thing")

        def name(*_):
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        query.set_field("ok", lambda *_: 1)
        query.set_field("thing", lambda *_: {"size": outcome})
        query.set_field("things", lambda *_: [{}, {}])
        thing.set_field("name", name)
        graph = Graph(
            load_schema(sdl(SDL), query, thing, rows={"Thing": {"size"}}), errors=Errors(problem_for, "/e/#")
        )
        request = rf.get("/")
        request.request_id = "r-1"
        return graph.answer(Asking(text, variables=variables), Context(request)).body

    return run


def test_a_known_exception_is_told_as_its_problem_beside_what_could_be_answered(answer):
    body = answer("{ok thing{name}}", OutOfStock("shelf 7"))

    assert body == {
        "data": {"ok": 1, "thing": {"name": None}},
        "errors": [
            {
                "message": "None left.",
                "locations": [{"line": 1, "column": 11}],
                "path": ["thing", "name"],
                "extensions": {
                    "code": "OUT_OF_STOCK",
                    "type": "/e/#out-of-stock",
                    "title": "Out of stock",
                    "status": 409,
                    "request_id": "r-1",
                    "errors": [{"pointer": "#/amount", "code": "too_many", "detail": "3 are left."}],
                },
            }
        ],
    }


@pytest.mark.parametrize(
    "outcome", [KeyError("password"), GraphQLError("password"), RuntimeError("password")]
)
def test_a_defect_is_told_as_an_id_and_logged_with_its_traceback(answer, caplog, outcome):
    body = answer("{thing{name}}", outcome)

    (error,) = body["errors"]
    assert error["message"] == "Something failed on our side. Quote r-1 when you report it."
    assert error["extensions"]["code"] == "SERVER_ERROR"
    assert "password" not in str(body)
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info[1] is outcome


def test_a_value_that_does_not_fit_its_type_is_our_defect_and_not_shown(answer):
    (error,) = answer("{thing{size}}", "secret")["errors"]

    assert error["extensions"]["code"] == "SERVER_ERROR"
    assert "secret" not in str(error)


def test_a_refusal_in_a_resolver_has_a_path_down_to_the_index(answer):
    body = answer("{things{n:name}}", Refused("not-yours", "Ask its owner.", status=403))

    assert [error["path"] for error in body["errors"]] == [["things", 0, "n"], ["things", 1, "n"]]
    assert [error["extensions"]["status"] for error in body["errors"]] == [403, 403]


def test_several_errors_of_a_document_are_told_at_once_with_their_places(answer):
    errors = answer("{\n  nope\n  thing { nor }\n}", 1)["errors"]

    assert [(error["extensions"]["code"], error["locations"][0]["line"]) for error in errors] == [
        ("INVALID_DOCUMENT", 2), ("INVALID_DOCUMENT", 3),
    ]  # fmt: skip


def test_a_message_that_repeats_what_was_sent_is_cut_at_500_characters(answer):
    (error,) = answer("{" + "x" * 5000 + "}", 1)["errors"]

    assert len(error["message"]) == 500
