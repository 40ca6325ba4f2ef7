"""An error of the domain is told alike by REST and by the graph."""

import json

import pytest
from django.http import Http404
from graphql import GraphQLError

from audiobooks.errors import Conflict, Invalid, NotAllowed, NotFound
from config.errors import exception_handler, graph_errors


@pytest.mark.parametrize(
    "error",
    [
        NotFound("audiobook_not_found", "Try another."),
        Conflict("already_published", "Try another."),
        NotAllowed("not_yours", "Try another."),
        Invalid("bad_isbn", "Try another."),
        Http404(),
    ],
)
def test_a_domain_error_has_the_same_type_title_status_and_words_in_both_interfaces(rf, error):
    request = rf.get("/")
    problem = json.loads(exception_handler(error, {"request": request}).content)

    told = graph_errors().told(GraphQLError("x", original_error=error, path=["audiobook"]), request)

    members = ("type", "title", "status", "request_id")
    assert {name: told["extensions"][name] for name in members} == {name: problem[name] for name in members}
    assert told["message"] == (problem["detail"] or problem["title"])
    assert told["extensions"]["code"] == problem["type"].rpartition("#")[2].replace("-", "_").upper()
    assert told["path"] == ["audiobook"]
