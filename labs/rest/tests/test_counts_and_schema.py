"""Counts cost what they say, and OpenAPI says what the pages do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import patched_settings
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from rest_framework.generics import ListAPIView

from lab_rest.pagination import KeysetPagination
from rest_playground.models import Reading
from rest_playground.serializers import ReadingSerializer


class Readings(ListAPIView):
    schema = AutoSchema()
    queryset = Reading.objects.all()
    serializer_class = ReadingSerializer
    pagination_class = KeysetPagination
    default_ordering = "newest"
    orderings = {"newest": ("-recorded_at", "-id"), "oldest": ("recorded_at", "id")}


urlpatterns = [path("readings/", Readings.as_view())]


@pytest.fixture(autouse=True)
def _routes(settings):
    settings.ROOT_URLCONF = __name__


def test_an_exact_count_costs_one_query_more_and_links_do_not_repeat_it(
    client, make_readings, django_assert_num_queries
):
    make_readings(30)

    with django_assert_num_queries(2):
        response = client.get("/readings/?count=exact")

    assert response.json()["count"] == 30
    assert "count" not in response.json()["next"]


def test_an_estimated_count_asks_the_planner_and_reads_no_row(client, make_readings):
    make_readings(30)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE rest_playground_reading")

    with CaptureQueriesContext(connection) as queries:
        response = client.get("/readings/?count=estimate")

    assert response.json()["count"] == 30
    assert [query["sql"].split()[0] for query in queries] == ["EXPLAIN", "SELECT"]


def test_an_estimate_of_what_django_knows_to_be_empty_is_zero(client, db, monkeypatch):
    monkeypatch.setattr(Readings, "queryset", Reading.objects.none())

    assert client.get("/readings/?count=estimate").json()["count"] == 0


def test_another_count_is_a_400(client, db):
    detail = client.get("/readings/?count=yes").json()["detail"]

    assert detail == "count: Must be exact or estimate, not 'yes'."


@pytest.fixture
def operation() -> dict:
    """What OpenAPI says of GET /readings/, in a document that is valid OpenAPI 3.1."""
    with patched_settings({"OAS_VERSION": "3.1.0"}):
        document = SchemaGenerator(patterns=urlpatterns).get_schema(public=True)
    validate(document)
    return document["paths"]["/readings/"]["get"] | {"components": document["components"]}


def test_openapi_states_the_limits_and_the_orderings(operation):
    assert {parameter["name"]: parameter["schema"] for parameter in operation["parameters"]} == {
        "count": {"type": "string", "enum": ["exact", "estimate"]},
        "cursor": {"type": "string"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 25},
        "ordering": {"type": "string", "enum": ["newest", "oldest"], "default": "newest"},
    }


@pytest.mark.parametrize("query", ["", "?limit=1", "?limit=1&count=exact"])
def test_a_page_is_what_openapi_says_it_is(client, make_readings, operation, query):
    make_readings(2)
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]

    page = client.get(f"/readings/{query}").json()

    validator = Draft202012Validator(schema | {"components": operation["components"]})
    assert [error.message for error in validator.iter_errors(page)] == []
    assert not validator.is_valid({"results": [], "next": None})
