"""Keyset pages over HTTP: links, limits, orderings, counts and what each page costs."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.urls import path
from rest_framework.generics import ListAPIView

from lab_rest.pagination import KeysetPagination
from rest_playground.models import Reading, Station
from rest_playground.serializers import ReadingSerializer


class Readings(ListAPIView):
    queryset = Reading.objects.all()
    serializer_class = ReadingSerializer
    pagination_class = KeysetPagination
    default_ordering = "newest"
    orderings = {
        "newest": ("-recorded_at", "-id"),
        "oldest": ("recorded_at", "id"),
        "station": ("station__name", "-id"),  # all readings are of one station: newest first again
    }


class Sparse(Readings):
    queryset = Reading.objects.only("wind_kmh")
    serializer_class = None

    def list(self, request):
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([reading.wind_kmh for reading in page])


class Dictionaries(Readings):
    queryset = Reading.objects.values("id", "wind_kmh")

    def list(self, request):
        return self.get_paginated_response(self.paginate_queryset(self.get_queryset()))


class Stations(Dictionaries):
    queryset = Station.objects.annotate(number=Count("readings")).values("code", "number")
    default_ordering = "busiest"
    orderings = {"busiest": ("-number", "code")}


class Codes(Stations):
    queryset = Station.objects.annotate(number=Count("readings")).values("code")


urlpatterns = [
    path("readings/", Readings.as_view()),
    path("sparse/", Sparse.as_view()),
    path("dictionaries/", Dictionaries.as_view()),
    path("stations/", Stations.as_view()),
    path("codes/", Codes.as_view()),
]


@pytest.fixture(autouse=True)
def _routes(settings):
    settings.ROOT_URLCONF = __name__


def ids(response) -> list[int]:
    assert response.status_code == 200, response.content
    return [reading["id"] for reading in response.json()["results"]]


def error_of(response) -> dict[str, str]:
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    (error,) = response.json()["errors"]
    return error


def test_the_first_page_links_forward_the_last_backward_and_the_middle_both_ways(client, make_readings):
    newest_first = [reading.pk for reading in make_readings(5)][::-1]

    first = client.get("/readings/?limit=2")
    middle = client.get(first.json()["next"])
    last = client.get(middle.json()["next"])
    middle_again = client.get(last.json()["previous"])

    assert [ids(page) for page in (first, middle, last)] == [
        newest_first[:2],
        newest_first[2:4],
        newest_first[4:],
    ]
    assert ids(middle_again) == ids(middle)
    assert first.json()["previous"] is None
    assert last.json()["next"] is None
    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    assert last["Link"] == f'<{last.json()["previous"]}>; rel="prev"'
    assert (
        middle["Link"] == f'<{middle.json()["next"]}>; rel="next", <{middle.json()["previous"]}>; rel="prev"'
    )


def test_a_list_that_fits_one_page_has_no_links(client, make_readings):
    make_readings(2)

    response = client.get("/readings/?limit=2")

    assert (response.json()["next"], response.json()["previous"]) == (None, None)
    assert "Link" not in response


def test_an_empty_list_is_an_empty_page(client, db):
    assert client.get("/readings/").json() == {"results": [], "next": None, "previous": None}


def test_a_page_has_25_results_unless_asked_and_100_at_most(client, make_readings):
    make_readings(101)

    assert len(ids(client.get("/readings/"))) == 25
    assert len(ids(client.get("/readings/?limit=1"))) == 1
    assert len(ids(client.get("/readings/?limit=100"))) == 100


@pytest.mark.parametrize(
    "limit", ["0", "-1", "101", "1000000", "9" * 5000, "ten", "1.5", "", " 5", "+5", "1_0", "٣", "%00"]
)
def test_any_other_limit_is_a_400_that_names_the_maximum(client, db, limit):
    error = error_of(client.get(f"/readings/?limit={limit}"))

    assert (error["parameter"], error["code"]) == ("limit", "out_of_range")
    assert error["detail"].startswith("Must be a whole number from 1 to 100, not '")
    assert len(error["detail"]) < 100


def test_an_unknown_ordering_is_a_400_that_names_the_known_ones(client, db):
    error = error_of(client.get("/readings/?ordering=nonsense"))

    assert error == {
        "parameter": "ordering",
        "code": "unknown",
        "detail": "Unknown: 'nonsense'. Known: newest, oldest, station.",
    }


@pytest.mark.parametrize("parameter", ["cursor", "limit", "ordering", "count"])
def test_a_parameter_given_twice_is_a_400(client, db, parameter):
    error = error_of(client.get(f"/readings/?{parameter}=1&{parameter}=2"))

    assert (error["parameter"], error["code"]) == (parameter, "repeated")


@pytest.mark.parametrize("change", ["&station=S01", "&ordering=oldest"])
def test_a_cursor_serves_no_other_list(client, make_readings, change):
    make_readings(3)
    link = client.get("/readings/?limit=1").json()["next"]

    assert error_of(client.get(link + change))["code"] in ("other_list", "other_ordering")
    assert error_of(client.get(link.replace("/readings/", "/sparse/")))["code"] == "other_list"


def test_a_cursor_serves_any_limit(client, make_readings):
    make_readings(9)
    link = client.get("/readings/?limit=2").json()["next"]

    assert len(ids(client.get(link.replace("limit=2", "limit=5")))) == 5


@pytest.mark.parametrize(
    "address", ["/readings/", "/readings/?ordering=station", "/sparse/", "/dictionaries/"]
)
def test_a_page_costs_one_query_however_deep(client, make_readings, django_assert_num_queries, address):
    make_readings(6)
    join = "&" if "?" in address else "?"

    with django_assert_num_queries(3):
        first = client.get(f"{address}{join}limit=2")
        second = client.get(first.json()["next"])
        client.get(second.json()["previous"])

    assert len(second.json()["results"]) == 2


def test_a_page_reads_one_row_more_than_it_shows(client, make_readings):
    make_readings(3)

    with CaptureQueriesContext(connection) as queries:
        client.get("/readings/?limit=2")

    assert queries[0]["sql"].endswith("LIMIT 3")


def test_dictionaries_come_as_the_view_selected_them(client, make_readings):
    (reading,) = make_readings(1)

    assert client.get("/dictionaries/").json()["results"] == [{"id": reading.pk, "wind_kmh": 20}]


def test_rows_can_be_ordered_by_an_aggregate(client, make_readings):
    make_readings(2)
    Station.objects.bulk_create(Station(code=code, name="Idle") for code in ("S02", "S03"))

    first = client.get("/stations/?limit=2")
    second = client.get(first.json()["next"])

    assert first.json()["results"] == [{"code": "S01", "number": 2}, {"code": "S02", "number": 0}]
    assert second.json()["results"] == [{"code": "S03", "number": 0}]
    assert client.get(second.json()["previous"]).json()["results"] == first.json()["results"]


def test_rows_can_be_ordered_by_what_they_do_not_show(client, make_readings):
    make_readings(1)
    Station.objects.create(code="S00", name="Idle")

    first = client.get("/codes/?limit=1")

    assert first.json()["results"] == [{"code": "S01"}]
    assert client.get(first.json()["next"]).json()["results"] == [{"code": "S00"}]


def test_a_row_inserted_before_the_page_neither_shifts_nor_doubles(client, make_readings):
    expected = [reading.pk for reading in make_readings(4)][::-1]
    first = client.get("/readings/?limit=2")
    make_readings(1, recorded_at=datetime(2030, 1, 1, tzinfo=UTC))

    second = client.get(first.json()["next"])

    assert ids(first) + ids(second) == expected


def test_the_row_a_cursor_was_made_from_may_be_deleted(client, make_readings):
    expected = [reading.pk for reading in make_readings(4)][::-1]
    first = client.get("/readings/?limit=2")
    Reading.objects.filter(pk=expected[1]).delete()

    assert ids(client.get(first.json()["next"])) == expected[2:]


@pytest.mark.parametrize("ordering", ["newest", "station"])
def test_where_everything_ahead_was_deleted_the_way_back_still_shows_every_row(
    client, make_readings, ordering
):
    expected = [reading.pk for reading in make_readings(4)][::-1]
    first = client.get(f"/readings/?limit=2&ordering={ordering}")
    Reading.objects.filter(pk__in=expected[2:]).delete()

    empty = client.get(first.json()["next"])
    back = client.get(empty.json()["previous"])

    assert (ids(empty), empty.json()["next"]) == ([], None)
    assert ids(back) == expected[:2]


@pytest.mark.parametrize("ordering", ["newest", "station"])
def test_where_everything_behind_was_deleted_the_way_forth_still_shows_every_row(
    client, make_readings, ordering
):
    expected = [reading.pk for reading in make_readings(4)][::-1]
    second = client.get(client.get(f"/readings/?limit=2&ordering={ordering}").json()["next"])
    Reading.objects.filter(pk__in=expected[:2]).delete()

    empty = client.get(second.json()["previous"])
    forth = client.get(empty.json()["next"])

    assert (ids(empty), empty.json()["previous"]) == ([], None)
    assert ids(forth) == expected[2:]


def test_a_view_without_a_default_ordering_fails_loudly(client, db, monkeypatch):
    monkeypatch.setattr(Readings, "default_ordering", "latest")

    with pytest.raises(ImproperlyConfigured, match=r"Readings.default_ordering must be one of its orderings"):
        client.get("/readings/")


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        (("-temperature_c", "id"), ["null 1", "null 2", "warm", "cold"]),
        (("-temperature_c", "-id"), ["null 2", "null 1", "warm", "cold"]),
        (("temperature_c", "id"), ["cold", "warm", "null 1", "null 2"]),
        (("temperature_c", "-id"), ["cold", "warm", "null 2", "null 1"]),
    ],
)
def test_null_sorts_where_postgresql_puts_it(client, make_readings, monkeypatch, ordering, expected):
    monkeypatch.setattr(Readings, "orderings", {"newest": ordering})
    temperatures = {"warm": Decimal("9.5"), "cold": Decimal("-3.0"), "null 1": None, "null 2": None}
    names = {make_readings(1, temperature_c=degrees)[0].pk: name for name, degrees in temperatures.items()}

    seen, link = [], "/readings/?limit=1"
    while link:
        page = client.get(link)
        seen, link = seen + [names[pk] for pk in ids(page)], page.json()["next"]
    assert seen == expected
