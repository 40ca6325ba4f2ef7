"""A query parameter that nobody declared is an error, and so is a value that does not fit."""

import django_filters
import pytest
from django.urls import path
from django_filters import rest_framework
from rest_framework.generics import ListAPIView

from lab_rest.filters import AllowListFilterBackend
from lab_rest.pagination import KeysetPagination
from rest_playground.models import Reading
from rest_playground.serializers import ReadingSerializer


class ReadingFilter(django_filters.FilterSet):
    station = django_filters.CharFilter(field_name="station_id")
    wind = django_filters.RangeFilter(field_name="wind_kmh")
    since = django_filters.IsoDateTimeFilter(field_name="recorded_at", lookup_expr="gte")
    calm = rest_framework.BooleanFilter(field_name="wind_kmh", lookup_expr="isnull")

    class Meta:
        model = Reading
        fields = ["station", "wind", "since", "calm"]


class Readings(ListAPIView):
    queryset = Reading.objects.all()
    serializer_class = ReadingSerializer
    pagination_class = KeysetPagination
    filter_backends = [AllowListFilterBackend]
    filterset_class = ReadingFilter
    extra_query_parameters = ["units"]
    default_ordering = "newest"
    orderings = {"newest": ("-recorded_at", "-id")}


class Unfiltered(Readings):
    filterset_class = None
    pagination_class = None
    extra_query_parameters = []


urlpatterns = [path("readings/", Readings.as_view()), path("unfiltered/", Unfiltered.as_view())]


@pytest.fixture(autouse=True)
def _routes(settings):
    settings.ROOT_URLCONF = __name__


def errors_of(response) -> list[dict[str, str]]:
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["type"] == "/errors/#invalid-query"
    return response.json()["errors"]


def test_an_unknown_parameter_is_a_400_that_names_the_known_ones(client, db):
    known = "station, wind_min, wind_max, since, calm, cursor, limit, ordering, count, units"

    assert errors_of(client.get("/readings/?colour=red&stat%00ion=S01&wind=3")) == [
        {"parameter": name, "code": "unknown", "detail": f"Unknown parameter. Known: {known}."}
        for name in ("colour", "stat\0ion", "wind")
    ]


def test_a_view_without_filters_knows_no_parameter(client, db):
    (error,) = errors_of(client.get("/unfiltered/?limit=5"))

    assert error["detail"] == "Unknown parameter. Known: none."
    assert client.get("/unfiltered/").status_code == 200


def test_known_parameters_filter(client, make_readings):
    make_readings(2, wind_kmh=10)
    make_readings(3, wind_kmh=30)

    response = client.get("/readings/?station=S01&wind_min=5&wind_max=15&units=metric&limit=9")

    assert [reading["wind_kmh"] for reading in response.json()["results"]] == [10, 10]


def test_every_wrong_value_is_named_by_its_parameter(client, db):
    response = client.get("/readings/?since=yesterday&wind_min=strong")

    assert [(error["parameter"], error["code"]) for error in errors_of(response)] == [
        ("wind", "invalid"),
        ("since", "invalid"),
    ]
    assert response.json()["detail"] == "wind: Enter a number. (1 more: see errors.)"


@pytest.mark.parametrize("parameter", ["station", "units", "cursor"])
def test_a_nul_in_a_value_is_a_400(client, db, parameter):
    (error,) = errors_of(client.get(f"/readings/?{parameter}=a%00b"))

    assert (error["parameter"], error["code"]) == (parameter, "unstorable_text")


@pytest.mark.parametrize(
    "query",
    [
        *("wind_min=99999999999999999999", "wind_min=1e999", "wind_min=nan", "wind_min=-5"),
        *(
            "since=0001-01-01T00:00:00%2B14:00",
            "since=9999-12-31T23:59:59-14:00",
            "since=2025-02-30T00:00:00Z",
        ),
        *("station=%ED%A0%80", "station=" + "x" * 9999),
    ],
)
def test_an_extreme_value_is_never_a_500(client, make_readings, query):
    make_readings(1)

    assert client.get(f"/readings/?{query}").status_code in (200, 400)


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("since=", "since", "invalid"),
        ("calm=perhaps", "calm", "invalid"),
        ("calm=", "calm", "invalid"),
        ("station=S01&station=S02", "station", "repeated"),
    ],
)
def test_a_value_that_would_be_dropped_is_an_error(client, db, query, parameter, code):
    (error,) = errors_of(client.get(f"/readings/?{query}"))

    assert (error["parameter"], error["code"]) == (parameter, code)


def test_no_words_are_a_text_like_any_other(client, make_readings):
    make_readings(2)

    assert len(client.get("/readings/?station=").json()["results"]) == 2
