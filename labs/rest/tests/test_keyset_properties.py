"""Whatever the rows, the ordering and the limit: a walk shows each row once, in order, in both directions."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab_rest.cursors import Place
from lab_rest.keyset import columns_of, page_of
from rest_playground.models import Reading, Station

STATIONS = {"S01": "Aberdeen", "S02": "Zennor", "S03": "Örebro", "S04": "aberdeen"}
COLUMNS = [
    "recorded_at",
    "temperature_c",
    "wind_kmh",
    "is_verified",
    "station_id",
    "station__name",
    "calm",
    "chill",
]
READINGS = st.builds(
    Reading,
    station_id=st.sampled_from(sorted(STATIONS)),
    recorded_at=st.sampled_from([datetime(2025, 1, day, tzinfo=UTC) for day in (1, 2, 3)]),
    temperature_c=st.sampled_from([None, Decimal("-1.5"), Decimal("0.0"), Decimal("20.5")]),
    wind_kmh=st.integers(0, 3),
    is_verified=st.booleans(),
)
ORDERINGS = st.builds(
    lambda columns, signs: [sign + column for sign, column in zip(signs, [*columns, "id"], strict=False)],
    st.lists(st.sampled_from(COLUMNS), unique=True, max_size=3),
    st.lists(st.sampled_from(["", "-"]), min_size=4, max_size=4),
)

pytestmark = pytest.mark.django_db
each_example = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _stations(db: None) -> None:
    Station.objects.bulk_create(Station(code=code, name=name) for code, name in STATIONS.items())


def readings():
    return Reading.objects.annotate(
        calm=NullIf(F("wind_kmh"), Value(0)),
        chill=Coalesce(F("temperature_c"), Value(Decimal("0.0"))) - F("wind_kmh"),
    )


def in_order(ordering: list[str]) -> list[int]:
    """Sort in Python, by PostgreSQL's rule: NULL last when ascending, first when descending. The oracle."""
    rows = list(readings().annotate(station__name_=F("station__name")))
    for entry in reversed(ordering):
        name = entry.removeprefix("-").replace("station__name", "station__name_")
        values = {row.pk: getattr(row, name) for row in rows}
        rows.sort(
            key=lambda row, values=values: (values[row.pk] is None, values[row.pk]), reverse=entry[0] == "-"
        )
    return [row.pk for row in rows]


def walk(
    ordering, limit, place=None, *, forward=True, between=lambda: None
) -> tuple[list[list[int]], Place | None]:
    """Follow the links; return the pages' ids and where the last page links back to."""
    pages = []
    while True:
        rows, following, preceding = page_of(readings(), columns_of(readings(), ordering), place, limit)
        pages.append([row.pk for row in rows])
        place, back = (following, preceding) if forward else (preceding, following)
        if place is None:
            return pages, back
        between()


@each_example
@given(rows=st.lists(READINGS, max_size=14), ordering=ORDERINGS, limit=st.integers(1, 5))
def test_a_walk_forth_and_back_shows_each_row_once_in_order(rows, ordering, limit):
    with transaction.atomic():
        Reading.objects.bulk_create(rows)
        expected = in_order(ordering)

        forth, turn = walk(ordering, limit)
        back = walk(ordering, limit, turn, forward=False)[0] if turn else []

        transaction.set_rollback(True)
    assert [pk for page in forth for pk in page] == expected
    assert [pk for page in reversed(back) for pk in page] + forth[-1] == expected
    assert all(len(page) == limit for page in forth[:-1])


@each_example
@given(
    rows=st.lists(READINGS, max_size=12),
    ordering=ORDERINGS,
    limit=st.integers(1, 3),
    arriving=st.lists(READINGS, max_size=6),
    leaving=st.lists(st.integers(0, 11), unique=True, max_size=6),
)
def test_rows_that_come_and_go_neither_hide_nor_double_the_others(rows, ordering, limit, arriving, leaving):
    with transaction.atomic():
        Reading.objects.bulk_create(rows)
        before = in_order(ordering)
        going = [before[index] for index in leaving if index < len(before)]

        def meanwhile() -> None:
            if arriving:
                arriving.pop().save()
            if going:
                Reading.objects.filter(pk=going.pop()).delete()

        pages, _ = walk(ordering, limit, between=meanwhile)
        after = in_order(ordering)
        everything = set(before) | set(after)
        transaction.set_rollback(True)

    seen = [pk for page in pages for pk in page]
    staying = [pk for pk in before if pk in after]
    assert [pk for pk in seen if pk in staying] == staying
    assert len(seen) == len(set(seen))
    assert set(seen) <= everything
