"""GraphQL over HTTP: methods, media types, statuses, as the draft specification says."""

import json

import pytest

FILM = "{film(id:1){title}}"
CHANGE = 'mutation{reviewAdd(input:{filmId:1,stars:5,text:"Good"}){__typename}}'
PLAIN, RESPONSE = "application/json", "application/graphql-response+json"
TITLE = {"film": {"title": "Film 1"}}


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


def test_a_post_is_answered_by_the_media_type_that_is_asked_for(ask, client):
    for accept, kind in (
        (RESPONSE, RESPONSE),
        (PLAIN, PLAIN),
        ("*/*", RESPONSE),
        (f"{PLAIN}, {RESPONSE};q=0.5", PLAIN),
    ):
        answer = client.post("/step4/graphql/", {"query": FILM}, PLAIN, headers={"Accept": accept})
        assert answer["Content-Type"] == f"{kind}; charset=utf-8"
        assert answer.json()["data"] == TITLE
        assert answer["Vary"] == "Accept"
    assert client.post("/step4/graphql/", {"query": FILM}, PLAIN)["Content-Type"].startswith(RESPONSE)


def test_a_get_asks_a_query_with_variables(client, db):
    parameters = {
        "query": "query A($i:ID!){film(id:$i){title}} query B{__typename}",
        "variables": '{"i":"1"}',
        "operationName": "A",
    }

    assert client.get("/step4/graphql/", parameters).json()["data"] == TITLE


def test_a_mutation_by_get_is_a_405_and_changes_nothing(client, db):
    from graphql_playground.models import Review  # noqa: PLC0415

    before = Review.objects.count()
    answers = [
        client.get("/step4/graphql/", {"query": CHANGE}),
        client.get(
            "/step4/graphql/",
            {"query": f"query Q{FILM} {CHANGE.replace('mutation', 'mutation M')}", "operationName": "M"},
        ),
    ]

    assert [told(answer) for answer in answers] == [(405, "METHOD_NOT_ALLOWED")] * 2
    assert answers[0]["Allow"] == "POST"
    assert Review.objects.count() == before


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_what_a_form_can_send_is_a_415(client, db, kind):
    answer = client.generic("POST", "/step4/graphql/", json.dumps({"query": CHANGE}), kind)

    assert told(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert answer["Accept"] == PLAIN


@pytest.mark.parametrize(("body", "status", "code"), [
    ("NONSENSE", 400, "INVALID_REQUEST"),
    ('{"query":', 400, "INVALID_REQUEST"),
    ("\xff", 400, "INVALID_REQUEST"),
    ('"text"', 400, "INVALID_REQUEST"),
    ("[" * 50_000, 400, "INVALID_REQUEST"),
    ('{"document": "{__typename}"}', 400, "INVALID_REQUEST"),
    ("{}", 400, "INVALID_REQUEST"),
    ('{"query": 7}', 400, "INVALID_REQUEST"),
    ('{"query": "{__typename}", "variables": [7]}', 400, "INVALID_REQUEST"),
    ('[{"query": "{__typename}"}, {"query": "{__typename}"}]', 400, "BATCH_OFF"),
    (json.dumps({"query": "{" + "x" * 1_000_000}), 413, "CONTENT_TOO_LARGE"),
    (json.dumps({"query": "{film(id:1)"}), 400, "SYNTAX_ERROR"),
    (json.dumps({"query": ""}), 400, "SYNTAX_ERROR"),
    (json.dumps({"query": "{nope}"}), 400, "INVALID_DOCUMENT"),
    (json.dumps({"query": "query A{__typename} query B{__typename}"}), 400, "UNKNOWN_OPERATION"),
    (json.dumps({"query": "query A{__typename}", "operationName": "C"}), 400, "UNKNOWN_OPERATION"),
    (json.dumps({"query": "fragment F on Film{id}"}), 400, "INVALID_DOCUMENT"),
    (json.dumps({"query": "query($i:ID!){film(id:$i){id}}"}), 400, "INVALID_VARIABLES"),
    (json.dumps({"query": "query($i:Int){films(first:$i){nodes{id}}}", "variables": {"i": "x"}}), 400, "INVALID_VARIABLES"),
    (json.dumps({"query": "query($i:String!){search(text:$i){__typename}}", "variables": {"i": "\0"}}), 400, "UNSTORABLE_TEXT"),
    ('{"query": "query($i:String!){search(text:$i){__typename}}", "variables": {"i": "\\ud800"}}', 400, "INVALID_REQUEST"),
    (json.dumps({"query": "subscription{x}"}), 400, "INVALID_DOCUMENT"),
    (json.dumps({"documentId": "sha256:0"}), 404, "UNKNOWN_DOCUMENT"),
])  # fmt: skip
def test_bad_input_is_told_precisely(client, db, body, status, code):
    raw = body.encode("latin-1")

    answer = client.generic("POST", "/step4/graphql/", raw, PLAIN, headers={"Accept": RESPONSE})

    assert told(answer) == (status, code)
    assert "data" not in answer.json()


def test_as_application_json_a_well_formed_request_is_a_200_whatever_its_errors(client, db):
    statuses = []
    for body in (
        {"query": "{nope}"},
        {"query": "{"},
        {"query": "{film(id:1){title}}"},
        {"document": "{}"},
        [1],
    ):
        answer = client.post("/step4/graphql/", body, PLAIN, headers={"Accept": PLAIN})
        statuses.append(answer.status_code)

    assert statuses == [200, 200, 200, 400, 400]


def test_other_methods_and_media_types_are_refused(client, db):
    answers = [
        client.put("/step4/graphql/"),
        client.get("/step4/graphql/", {"query": FILM}, headers={"Accept": "text/csv"}),
    ]

    assert [told(answer) for answer in answers] == [(405, "METHOD_NOT_ALLOWED"), (406, "NOT_ACCEPTABLE")]
    assert answers[0]["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    "parameters", [{"variables": "x", "query": FILM}, {"variables": "[1]", "query": FILM}, {"q": "x"}, {}]
)
def test_a_wrong_get_is_a_400(client, db, parameters):
    assert told(client.get("/step4/graphql/", parameters)) == (400, "INVALID_REQUEST")


def test_a_variable_that_is_explicitly_null_where_a_default_was_is_the_callers_error(ask):
    document = "query($n:Int=3){film(id:1){reviews(first:$n){id}}}"

    answer = ask(document.replace("Int=3", "Int=3"), variables={"n": None})

    assert (
        answer.status_code == 200
    )  # nullable: null is what was asked for, and refused by the resolver or not


def test_a_context_that_refuses_is_told_with_its_status_and_headers(rf):
    from graphql_playground.urls import graph_at  # noqa: PLC0415
    from lab_graphql.errors import Refused  # noqa: PLC0415
    from lab_graphql.views import graph_view  # noqa: PLC0415

    def context_for(request):
        raise Refused(
            "not-authenticated", "Send a token.", status=401, headers={"WWW-Authenticate": "Bearer"}
        )

    answer = graph_view(graph_at("step4"), context_for)(rf.post("/", {"query": FILM}, PLAIN))

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert json.loads(answer.content)["errors"][0]["extensions"]["code"] == "NOT_AUTHENTICATED"


def test_a_mutation_answers_its_result_or_what_is_wrong_with_the_input(ask):
    document = """mutation($i:ReviewInput!){reviewAdd(input:$i){__typename
      ... on ReviewAdded{review{stars} film{rating}} ... on InvalidInput{errors{path code message}}}}"""

    good = ask(document, variables={"i": {"filmId": "1", "stars": 5, "text": "Good"}}).json()["data"][
        "reviewAdd"
    ]
    bad = ask(document, variables={"i": {"filmId": "1", "stars": 6, "text": ""}}).json()["data"]["reviewAdd"]
    lost = ask(document, variables={"i": {"filmId": "9999", "stars": 5, "text": "Good"}}).json()

    assert good["__typename"] == "ReviewAdded"
    assert bad == {
        "__typename": "InvalidInput",
        "errors": [
            {"path": ["input", "stars"], "code": "out_of_range", "message": "From 1 to 5."},
            {"path": ["input", "text"], "code": "wrong_length", "message": "From 1 to 200 characters."},
        ],
    }
    assert lost["errors"][0]["extensions"]["code"] == "NOT_FOUND"
