"""Counts cost what they say, and OpenAPI says what the pages do."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import path
from rest_framework.generics import ListAPIView

from lab_rest.pagination import KeysetPagination
from rest_playground.models import Reading
from rest_playground.serializers import ReadingSerializer


class Readings(ListAPIView):
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
    assert (
        client.get("/readings/?count=yes").json()["detail"] == "count: Must be exact or estimate, not 'yes'."
    )


def test_the_schema_states_the_limits_and_the_orderings():
    parameters = {
        p["name"]: p["schema"] for p in KeysetPagination().get_schema_operation_parameters(Readings())
    }

    assert parameters == {
        "cursor": {"type": "string"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 25},
        "ordering": {"type": "string", "enum": ["newest", "oldest"], "default": "newest"},
        "count": {"type": "string", "enum": ["exact", "estimate"]},
    }
    assert json.dumps(KeysetPagination().get_paginated_response_schema({"type": "array"}))
