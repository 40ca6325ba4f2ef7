"""Attacks, each refused by a code of its own before a query is sent."""

import json
import time
from dataclasses import replace

import pytest
from graphql import get_introspection_query

DEEP = "{film(id:1){" + "director{directed{" * 8 + "title" + "}}" * 8 + "}}"
CYCLE = "{film(id:1){...A}} fragment A on Film{director{...B}} fragment B on Person{directed{...A}}"
BOMB = (
    "{film(id:1){...F0}} "
    + " ".join(
        f"fragment F{n} on Film{{a{n}:director{{directed{{...F{n + 1}}}}} ...F{n + 1} }}" for n in range(30)
    )
    + " fragment F30 on Film{title}"
)
ATTACKS = {
    "DOCUMENT_TOO_LONG": "{film(id:1){title}} #" + "x" * 20_000,
    "TOO_MANY_TOKENS": "{" + "film(id:1){title} " * 150 + "}",
    "TOO_DEEP": DEEP,
    "TOO_MANY_ALIASES": "{" + " ".join(f"a{n}:film(id:1){{title}}" for n in range(21)) + "}",
    "TOO_MANY_FIELDS": "{film(id:1){" + "title " * 260 + "}}",
    "TOO_COSTLY": "{films(first:100){nodes{director{directed(first:100){title}}}}}",
    "INVALID_DOCUMENT": CYCLE,
    "LIST_TOO_LONG": "{film(id:" + json.dumps([1] * 101) + "){title}}",
    "SYNTAX_ERROR": "{film(id:1){title}",
    "UNSTORABLE_TEXT": '{search(text:"a\\u0000b"){__typename}}',
}


def refusal(answer) -> tuple[int, str]:
    (error, *_) = answer.json()["errors"]
    assert "data" not in answer.json()
    assert answer["X-Queries"] == "0"
    return answer.status_code, error["extensions"]["code"]


@pytest.mark.parametrize("code", ATTACKS)
def test_an_attack_is_refused_without_a_query_in_less_than_50_ms_of_cpu(ask, code):
    ask("{__typename}")  # the graph is made for the first request
    taken = []

    for _ in range(3):  # the shortest counts: a machine that does much else only adds
        before = time.process_time()
        answer = ask(ATTACKS[code])
        taken.append(time.process_time() - before)
        assert refusal(answer) == (400, code)

    assert min(taken) < 0.05


@pytest.mark.parametrize("attack", [
    BOMB,
    "{film(id:" + "[" * 400 + "]" * 400 + "){title}}",
    "{" + "film{" * 210 + "}" * 210 + "}",
])  # fmt: skip
def test_nesting_in_every_form_is_too_deep_or_too_wide(ask, attack):
    assert refusal(ask(attack)) in {(400, "TOO_DEEP"), (400, "TOO_MANY_ALIASES"), (400, "INVALID_DOCUMENT")}


def test_a_length_in_a_variable_is_priced(ask):
    document = "query($n:Int!){films(first:$n){nodes{director{directed(first:$n){title}}}}}"

    assert ask(document, variables={"n": 10}).json()["extensions"] == {"cost": 120}
    assert refusal(ask(document, variables={"n": 100})) == (400, "TOO_COSTLY")


def test_a_refusal_says_what_was_asked_and_what_the_limit_is(ask):
    (error,) = ask(ATTACKS["TOO_COSTLY"]).json()["errors"]

    assert error["message"] == "10200 objects; the limit is 2500."
    assert error["extensions"]["type"] == "/errors/#too-costly"
    assert error["extensions"]["title"] == "Too costly"


@pytest.mark.parametrize(
    ("value", "code"), [(["a"] * 101, "LIST_TOO_LONG"), ({"a": ["x\0"]}, "UNSTORABLE_TEXT")]
)
def test_variables_are_bounded(ask, value, code):
    document = "query($v:String!){search(text:$v){__typename}}"

    assert refusal(ask(document, variables={"v": value})) == (400, code)


def test_introspection_and_suggestions_are_there_or_not(rf, settings):
    from graphql_playground.graphs import graph_of  # noqa: PLC0415 -- after Django is set up
    from graphql_playground.step1_naive import bindables  # noqa: PLC0415
    from lab_graphql.graph import Asking, Context  # noqa: PLC0415

    request = rf.get("/")
    open_, closed = graph_of(bindables), graph_of(bindables, introspection=False)
    told = {}
    for name, graph in (("open", open_), ("closed", closed)):
        for text in (
            "{__schema{types{name}}}",
            "{film(id:1){titl}}",
            '{a:__type(name:"Film"){name}}',
            "{__typename}",
        ):
            body = graph.answer(Asking(text), Context(request)).body
            told[name, text[:6]] = [error["message"] for error in body.get("errors", [])]

    off = ["Introspection is off here. Ask for the published SDL."]
    assert (
        told["open", "{__sch"]
        == told["open", "{a:__t"]
        == told["open", "{__typ"]
        == told["closed", "{__typ"]
        == []
    )
    assert told["closed", "{__sch"] == told["closed", "{a:__t"] == off
    assert told["open", "{film("] == ["Cannot query field 'titl' on type 'Film'. Did you mean 'title'?"]
    assert told["closed", "{film("] == ["Cannot query field 'titl' on type 'Film'."]


def test_the_introspection_that_tools_send_is_answered_and_a_deeper_one_is_not(ask):
    deep = "{__schema{types{fields{type{fields{type{fields{name}}}}}}}}"

    assert "errors" not in ask(get_introspection_query()).json()
    assert refusal(ask(deep)) == (400, "INVALID_DOCUMENT")


def test_a_query_whose_time_is_over_ends_and_a_mutation_is_finished(ask, monkeypatch):
    from graphql_playground.urls import graph_at  # noqa: PLC0415

    graph = graph_at("step4")
    monkeypatch.setattr(graph, "limits", replace(graph.limits, seconds=-1.0))

    answer = ask("{film(id:1){title}}")
    assert refusal(answer) == (503, "OUT_OF_TIME")
    change = 'mutation{reviewAdd(input:{filmId:1,stars:5,text:"Good"}){...on ReviewAdded{review{stars}}}}'
    assert ask(change).json()["data"] == {"reviewAdd": {"review": {"stars": 5}}}
