"""
The metrics for Prometheus: ``REGISTRY.register(CacheCollector())``, once per process.

This module alone needs ``prometheus-client``. It counts one process; Prometheus adds up what it scrapes of each.
"""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from lab_caching import metrics

EVENTS: tuple[metrics.Event, ...] = (
    "hits", "local", "misses", "waited", "stale", "errors", "away", "own", "too_large",
)  # fmt: skip


class CacheCollector(Collector):
    """Answers by name and by how they came about, the source's calls and time, and bumps by kind of topic."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield ``cache_answers_total``, ``cache_computations_total``, ``cache_compute_seconds_total``, ``cache_bumps_total``."""
        answers = CounterMetricFamily(
            "cache_answers", "Answers, by how they came about.", labels=["name", "event"]
        )
        calls = CounterMetricFamily("cache_computations", "Calls of the source.", labels=["name"])
        seconds = CounterMetricFamily("cache_compute_seconds", "Time in the source.", labels=["name"])
        for name, counts in metrics.read().items():
            for event in EVENTS:
                answers.add_metric([name, event], getattr(counts, event))
            calls.add_metric([name], counts.computations)
            seconds.add_metric([name], counts.compute_s)
        bumps = CounterMetricFamily(
            "cache_bumps", "Topics that were given a new generation.", labels=["kind"]
        )
        for kind, number in metrics.read_bumps().items():
            bumps.add_metric([kind], number)
        yield from (answers, calls, seconds, bumps)
