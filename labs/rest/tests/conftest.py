"""The suite runs on the playground's models, on a PostgreSQL named by DATABASE_URL."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rest_playground.settings")

pytest_plugins = ["nexus.labs.fixtures"]


@pytest.fixture
def make_readings(db: None) -> Callable[..., list]:
    """Return a function that stores ``number`` readings of station S01, an hour apart, the last the newest."""
    from rest_playground.models import Reading, Station  # noqa: PLC0415 -- after Django is set up

    def make(number: int, **but: object) -> list[Reading]:
        Station.objects.get_or_create(code="S01", name="Aberdeen")
        usual = {"station_id": "S01", "temperature_c": Decimal("11.5"), "wind_kmh": 20}
        start = datetime(2025, 1, 1, tzinfo=UTC)
        return Reading.objects.bulk_create(
            Reading(**usual | {"recorded_at": start + timedelta(hours=hour)} | but) for hour in range(number)
        )

    return make
