"""Whatever bytes a caller sends, the answer is never a 500."""

import json
import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import path
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from lab_rest import problems
from lab_rest.field_errors import body_errors
from rest_playground.models import Station


class Unchecked(APIView):
    """Hands what it is given to the database, as careless views do."""

    def get(self, request, code="S01"):
        return Response(Station.objects.filter(code=code, name=request.query_params.get("name", "")).count())

    def post(self, request):
        names = [tag for tag in request.data.get("tags", []) if isinstance(tag, str)]
        return Response(Station.objects.filter(name__in=names).count())


class Echoing(APIView):
    def post(self, request):
        logging.getLogger("weather").warning("Refused")
        raise ValidationError({"code": [f"There is no {request.data['code']}."]})


class Defective(APIView):
    def get(self, request):
        raise ValueError("not the caller's fault")


urlpatterns = [
    path("unchecked/", Unchecked.as_view()),
    path("unchecked/<code>/", Unchecked.as_view()),
    path("echoing/", Echoing.as_view()),
    path("defective/", Defective.as_view()),
]
handler404 = problems.page_not_found
handler500 = problems.server_error


@pytest.fixture(autouse=True)
def _routes(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def bo() -> Client:
    return Client(raise_request_exception=False)


def post(client: Client, address: str, body: Any) -> Any:
    return client.post(
        address, body if isinstance(body, str | bytes) else json.dumps(body), "application/json"
    )


def test_a_json_body_counts_against_the_upload_limit(bo, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    assert post(bo, "/unchecked/", {"tags": ["a" * 2000]}).status_code == 413


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"a":' * 100_000, "{", '"\ud800'.encode("utf-8", "replace"), b"\xff"]
)
def test_a_body_that_cannot_be_read_is_a_400(bo, body):
    response = post(bo, "/unchecked/", body)

    assert (response.status_code, response.json()["type"]) == (400, "/errors/#parse-error")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "errors"),
    [
        ("/unchecked/?name=a%00b", [{"parameter": "name", "code": "unstorable_text"}]),
        ("/unchecked/S%0001/", [{"code": "unstorable_text"}]),
    ],
)
def test_a_nul_in_the_address_is_a_400(bo, address, errors):
    response = bo.get(address)

    assert (response.status_code, response.json()["type"]) == (400, "/errors/#unstorable-text")
    detail = {"detail": "Text may not contain NUL or surrogate characters."}
    assert response.json()["errors"] == [error | detail for error in errors]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_postgresql_cannot_store_is_a_400_that_points_at_it(bo, text):
    response = post(bo, "/unchecked/", {"tags": ["fine", text]})

    assert (response.status_code, response.json()["type"]) == (400, "/errors/#unstorable-text")
    assert [error["pointer"] for error in response.json()["errors"]] == ["#/tags/1"]


@pytest.mark.django_db
def test_every_place_in_the_body_is_named_keys_too(bo):
    response = post(bo, "/unchecked/", {"tags": ["\0"], "k\0": {"fine": ["\0"]}})

    pointers = {error["pointer"] for error in response.json()["errors"]}
    assert pointers == {"#", "#/tags/0", "#/k%00/fine/0"}


def test_a_key_that_utf8_cannot_write_is_still_answered():
    errors = body_errors({"\ud800": ["Unknown field \ud800."]})

    assert errors == [{"pointer": "#/%3F", "code": "invalid", "detail": "Unknown field \ud800."}]


def test_an_error_may_repeat_text_that_utf8_cannot_write(bo):
    response = post(bo, "/echoing/", {"code": "Zoë \ud800"})

    assert "Zoë \\ud800".encode() in response.content
    assert response.json()["errors"][0]["detail"] == "There is no Zoë \ud800."


JSON_TEXT = st.text(st.characters(exclude_categories=()), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | JSON_TEXT, st.lists, max_leaves=5
)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tags=st.lists(JSON, max_size=4))
def test_no_json_is_a_500(bo, tags):
    assert post(bo, "/unchecked/", {"tags": tags}).status_code in (200, 400)


def test_a_defect_stays_a_500_where_the_text_is_clean(bo):
    assert bo.get("/defective/?name=clean").status_code == 500


@pytest.mark.parametrize("sent", ["bo-1", "A.b_c-9", "x" * 128])
def test_a_request_id_is_echoed(bo, sent):
    assert bo.get("/nowhere/", headers={"x-request-id": sent})["X-Request-ID"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 129, "a b", "a\nERROR forged", "é"])
def test_a_request_id_that_could_forge_a_log_line_is_replaced(bo, sent):
    response = bo.get("/nowhere/", headers={"x-request-id": sent})

    assert len(response["X-Request-ID"]) == 32
    assert response.json()["request_id"] == response["X-Request-ID"]


def test_a_log_line_carries_the_id_of_its_request_and_outside_any_a_dash(bo, caplog):
    caplog.handler.addFilter(problems.RequestIdFilter())

    bo.post("/echoing/", '{"code": "S01"}', "application/json", headers={"x-request-id": "bo-1"})
    logging.getLogger("weather").warning("Starting")

    assert [(record.message, record.request_id) for record in caplog.records] == [
        ("Refused", "bo-1"),
        ("Bad Request: /echoing/", "bo-1"),
        ("Starting", "-"),
    ]
