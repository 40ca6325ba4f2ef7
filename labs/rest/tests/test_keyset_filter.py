"""The SQL of a page's condition, and the orderings that are refused because they would lose rows."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F

from lab_rest.keyset import columns_of, rows_after
from rest_playground.models import Reading


def sql_after(*ordering: str, values: list[object]) -> str:
    queryset = Reading.objects.annotate(half=F("wind_kmh") / 2)
    return str(queryset.filter(rows_after(columns_of(queryset, ordering), values)).query).split("WHERE ")[1]


def test_one_direction_is_a_row_comparison():
    assert sql_after("-wind_kmh", "-id", values=[5, 7]) == (
        '("rest_playground_reading"."wind_kmh", "rest_playground_reading"."id") < (5, 7)'
    )


def test_mixed_directions_begin_with_a_bound_that_an_index_answers():
    condition = sql_after("-wind_kmh", "id", values=[5, 7]).replace('"rest_playground_reading".', "")

    assert condition == '(("wind_kmh" < 5 OR ("wind_kmh" = 5 AND "id" > 7)) AND "wind_kmh" <= 5)'


@pytest.mark.parametrize(
    ("ordering", "message"),
    [
        ((), "must end in a unique column"),
        (("-recorded_at",), "must end in a unique column"),
        (("id", "-recorded_at"), "must end in a unique column"),
        (("recorded_at", "station__code"), "must end in a unique column"),
        (("temprature_c", "id"), 'Reading has no column "temprature_c"'),
        (("station", "id"), 'say "station_id"'),
        (("recorded_at__year", "id"), "annotate the queryset"),
        (("station__readings__wind_kmh", "id"), "would repeat rows"),
    ],
)
def test_an_ordering_that_would_lose_rows_fails_loudly_at_its_first_use(ordering, message):
    with pytest.raises(ImproperlyConfigured, match=message):
        columns_of(Reading.objects.all(), ordering)
