"""The suite runs on the playground's models, on a PostgreSQL named by DATABASE_URL."""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rest_playground.settings")


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


@pytest.fixture
def at_once() -> Callable[..., list]:
    """Return a function that does ``work(0)`` … ``work(number - 1)`` in threads that start together."""
    from django.db import connection  # noqa: PLC0415 -- after Django is set up

    def run(number: int, work: Callable[[int], object]) -> list:
        start = threading.Barrier(number, timeout=30)

        def one(index: int) -> object:
            start.wait()
            try:
                return work(index)
            finally:
                connection.close()

        with ThreadPoolExecutor(number) as pool:
            return list(pool.map(one, range(number)))

    return run


@pytest.fixture
def wait_until() -> Callable[[Callable[[], object]], None]:
    """Return a function that asks again and again until the answer is true, and fails after 30 seconds."""

    def wait(is_true: Callable[[], object]) -> None:
        deadline = time.monotonic() + 30
        while not is_true():
            assert time.monotonic() < deadline, "It never came true."

    return wait
