"""Every error of Django and Django REST framework is a problem document."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import exceptions as django
from django.db import connection
from django.http import Http404
from django.test import Client
from django.urls import path
from rest_framework import exceptions as rest
from rest_framework import serializers
from rest_framework.authentication import BasicAuthentication
from rest_framework.parsers import FormParser
from rest_framework.response import Response
from rest_framework.views import APIView

from lab_rest.field_errors import body_errors
from lab_rest.parsers import BoundedJSONParser
from lab_rest.problems import Problem, problem_for
from rest_playground.models import Station


class OutOfOrder(Exception):
    """A domain's own exception, which knows nothing of HTTP."""


ERRORS: dict[str, Callable[[], Exception]] = {  # new each time: the framework changes them
    "problem": lambda: Problem(
        status=409, type="already-published", detail="It is out.", headers={"X-Kept": "yes"}
    ),
    "validation": lambda: rest.ValidationError({"code": ["Too long."]}),
    "one-sentence": lambda: rest.ValidationError("Start must come before end."),
    "django-validation": lambda: django.ValidationError({"code": "Too long.", "__all__": "Odd pair."}),
    "parse": lambda: rest.ParseError(),
    "anonymous": lambda: rest.NotAuthenticated(),
    "bad-token": lambda: rest.AuthenticationFailed(),
    "forbidden": lambda: rest.PermissionDenied(),
    "forbidden-because": lambda: rest.PermissionDenied("Only curators may.", code="not_curator"),
    "django-forbidden": lambda: django.PermissionDenied(),
    "not-found": lambda: rest.NotFound(),
    "django-not-found": lambda: Http404("No such chapter."),
    "throttled": lambda: rest.Throttled(wait=2.1),
    "suspicious": lambda: django.SuspiciousFileOperation("/etc/passwd is outside /srv/media"),
    "too-big": lambda: django.RequestDataTooBig(),
    "too-many-fields": lambda: django.TooManyFieldsSent(),
    "too-many-files": lambda: django.TooManyFilesSent(),
    "unavailable": lambda: type(
        "Down", (rest.APIException,), {"status_code": 503, "default_code": "search_down"}
    )("Later."),
    "dictionary": lambda: type("Token", (rest.AuthenticationFailed,), {"default_code": "token_not_valid"})(
        {"detail": "Expired.", "code": "token_not_valid"}
    ),
}


class Raising(APIView):
    parser_classes = [BoundedJSONParser, FormParser]

    def get(self, request, name):
        raise ERRORS[name]()

    post = get


class RaisingToStrangers(Raising):
    authentication_classes = [BasicAuthentication]


class Nested(APIView):
    """Answers the body's own validation errors."""

    class Body(serializers.Serializer):
        class Tag(serializers.Serializer):
            label = serializers.CharField(max_length=3)

        name = serializers.CharField()
        tags = Tag(many=True)
        sizes = serializers.ListField(child=serializers.IntegerField(), required=False)

        def validate(self, attrs):
            raise serializers.ValidationError("Name and tags do not match.", code="mismatch")

    def post(self, request):
        self.Body(data=request.data).is_valid(raise_exception=True)


class Empty(APIView):
    def get(self, request):
        return Response({})


class Storing(APIView):
    def post(self, request):
        Station.objects.create(code="S99", name="Nowhere")
        raise Problem(status=409, type="full")


urlpatterns = [
    path("raising/<name>/", Raising.as_view()),
    path("strangers/<name>/", RaisingToStrangers.as_view()),
    path("nested/", Nested.as_view()),
    path("empty/", Empty.as_view()),
    path("storing/", Storing.as_view()),
]


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


@pytest.mark.parametrize(
    ("name", "status", "slug", "detail"),
    [
        ("problem", 409, "already-published", "It is out."),
        ("parse", 400, "parse-error", "Malformed request."),
        ("forbidden", 403, "permission-denied", "You do not have permission to perform this action."),
        ("forbidden-because", 403, "not-curator", "Only curators may."),
        ("django-forbidden", 403, "permission-denied", "You may not do this."),
        ("not-found", 404, "not-found", "Not found."),
        ("django-not-found", 404, "not-found", "No such chapter."),
        ("throttled", 429, "throttled", "Request was throttled. Expected available in 3 seconds."),
        ("suspicious", 400, "bad-request", "The server refuses this request."),
        ("too-big", 413, "content-too-large", "The limit is 2621440 bytes."),
        ("too-many-fields", 400, "too-many-fields", "The limit is 1000 fields."),
        ("too-many-files", 400, "too-many-files", "The limit is 100 files."),
        ("unavailable", 503, "search-down", "Later."),
        ("dictionary", 403, "token-not-valid", "Expired."),
    ],
)
def test_an_exception_in_an_api_view_is_a_problem_document(bo, name, status, slug, detail):
    response = bo.get(f"/raising/{name}/", headers={"x-request-id": "bo-1"})

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert json.loads(response.content) == {
        "type": f"/errors/#{slug}",
        "title": slug.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        "instance": f"/raising/{name}/",
        "request_id": "bo-1",
    }


def test_the_base_of_problem_types_is_a_setting(bo, settings):
    settings.LAB_REST_PROBLEM_BASE = "https://example.org/errors/#"

    assert bo.get("/raising/not-found/").json()["type"] == "https://example.org/errors/#not-found"


def test_a_problem_keeps_its_headers(bo):
    assert bo.get("/raising/problem/")["X-Kept"] == "yes"


def test_nested_errors_point_into_the_body(bo):
    body = {"tags": [{"label": "ok"}, {"label": "much too long"}], "sizes": [1, "two"]}

    response = post(bo, "/nested/", body)

    assert response.status_code == 400
    assert response.json()["type"] == "/errors/#invalid-input"
    assert response.json()["detail"] == "#/name: This field is required. (2 more: see errors.)"
    assert response.json()["errors"] == [
        {"pointer": "#/name", "code": "required", "detail": "This field is required."},
        {
            "pointer": "#/tags/1/label",
            "code": "max_length",
            "detail": "Ensure this field has no more than 3 characters.",
        },
        {"pointer": "#/sizes/1", "code": "invalid", "detail": "A valid integer is required."},
    ]


def test_an_error_of_the_whole_body_points_at_its_root(bo):
    response = post(bo, "/nested/", {"name": "a", "tags": []})

    assert response.json()["errors"] == [
        {"pointer": "#", "code": "mismatch", "detail": "Name and tags do not match."}
    ]


def test_a_validation_error_of_a_django_model_is_one_of_the_body_too(bo):
    response = post(bo, "/raising/django-validation/", {})

    assert (response.status_code, response.json()["type"]) == (400, "/errors/#invalid-input")
    assert response.json()["errors"] == [
        {"pointer": "#/code", "code": "invalid", "detail": "Too long."},
        {"pointer": "#", "code": "invalid", "detail": "Odd pair."},
    ]


def test_a_pointer_escapes_what_json_pointers_and_uris_reserve():
    assert body_errors({"a/b": {"m~n": {"ü %": ["No."]}}}) == [
        {"pointer": "#/a~1b/m~0n/%C3%BC%20%25", "code": "invalid", "detail": "No."}
    ]


def test_a_get_has_no_body_so_its_errors_name_query_parameters(bo):
    response = bo.get("/raising/validation/")

    assert response.json()["type"] == "/errors/#invalid-query"
    assert response.json()["errors"] == [{"parameter": "code", "code": "invalid", "detail": "Too long."}]


def test_a_401_says_how_to_authenticate(bo):
    response = bo.get("/strangers/anonymous/")

    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Basic realm="api"')
    assert response.json()["type"] == "/errors/#not-authenticated"


def test_without_any_way_to_authenticate_it_is_a_403(bo):
    assert bo.get("/raising/anonymous/").status_code == 403


def test_a_405_lists_what_is_allowed(bo):
    response = bo.delete("/nested/")

    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")
    assert response.json()["type"] == "/errors/#method-not-allowed"


def test_a_415_lists_what_would_be_read(bo):
    response = bo.post("/nested/", "<a/>", "application/xml")

    assert (response.status_code, response["Accept"]) == (415, "application/json")
    assert response.json()["type"] == "/errors/#unsupported-media-type"


def test_a_429_says_when_to_come_back_in_whole_seconds(bo):
    assert bo.get("/raising/throttled/")["Retry-After"] == "3"


def test_a_406_is_a_problem_though_nothing_acceptable_is_left(bo):
    response = bo.get("/empty/", headers={"accept": "text/csv"})

    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")
    assert response.json()["detail"] == (
        "This address answers application/json; the Accept header allows none of it."
    )


def test_a_head_gets_the_headers_of_the_problem_and_no_body(bo):
    response = bo.head("/raising/not-found/")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.content == b""


def test_inside_api_views_even_a_browser_gets_a_problem(bo):
    response = bo.get("/empty/", headers={"accept": "text/html"})

    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")


def test_a_refused_operation_still_reaches_the_security_log(bo, caplog):
    bo.get("/raising/suspicious/")

    assert [(r.name, r.levelname, r.message) for r in caplog.records if "security" in r.name] == [
        ("django.security.SuspiciousFileOperation", "ERROR", "/etc/passwd is outside /srv/media")
    ]


@pytest.mark.django_db
def test_a_problem_rolls_the_request_back(bo, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)

    assert bo.post("/storing/").status_code == 409
    assert Station.objects.count() == 0


def test_an_application_registers_its_own_exceptions(bo):
    problem_for.register(OutOfOrder, lambda exc, request: Problem(status=409, type="out-of-order"))
    ERRORS["own"] = OutOfOrder

    assert bo.get("/raising/own/").json()["type"] == "/errors/#out-of-order"
