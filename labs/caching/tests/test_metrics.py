"""The counts reach Prometheus, and a page."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from lab_caching import bump, remember
from lab_caching.prometheus import CacheCollector


@pytest.mark.django_db(transaction=True)
def test_prometheus_reads_answers_computations_and_bumps(source):
    for _ in range(3):
        remember("shelf", compute=source, topics=["book:1"])
    bump("book:1")
    with pytest.raises(OSError, match="away"):
        remember("page", compute=fail)
    registry = CollectorRegistry()
    registry.register(CacheCollector())
    text = generate_latest(registry).decode()

    for line in (
        'cache_answers_total{event="hits",name="shelf"} 2.0',
        'cache_answers_total{event="misses",name="shelf"} 1.0',
        'cache_answers_total{event="errors",name="page"} 1.0',
        'cache_computations_total{name="shelf"} 1.0',
        'cache_bumps_total{kind="book"} 1.0',
    ):
        assert line in text
    assert 'cache_compute_seconds_total{name="shelf"}' in text


def fail():
    raise OSError("away")
