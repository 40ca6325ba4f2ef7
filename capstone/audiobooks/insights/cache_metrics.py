"""
What was answered from where, in all web processes together.

Each process counts for itself (``lab_caching.metrics``), and once a second carries what is new over into counters of
prometheus-client. Those lie in files of ``METRICS_DIR``, one for each process, where whoever is asked adds them up; without
that folder a process knows of itself alone. Workers of the queue serve nobody, and are not counted.
"""

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from prometheus_client import REGISTRY, CollectorRegistry, Counter
from prometheus_client.multiprocess import MultiProcessCollector

from lab_caching import metrics
from lab_caching.prometheus import EVENTS

EACH_S = 1.0

ANSWERS = Counter("cache_answers", "Answers, by how they came about.", ["name", "event"])
COMPUTATIONS = Counter("cache_computations", "Calls of the source.", ["name"])
COMPUTE_SECONDS = Counter("cache_compute_seconds", "Time in the source.", ["name"])
BUMPS = Counter("cache_bumps", "Topics that were given a new generation.", ["kind"])

carried: dict[tuple[str, ...], float] = defaultdict(float)
lock = threading.Lock()


def carry() -> None:
    """Carry what this process has counted since the last time over into the counters that all processes share."""
    with lock:
        for name, counts in metrics.read().items():
            for event in EVENTS:
                add(ANSWERS, (name, event), getattr(counts, event))
            add(COMPUTATIONS, (name,), counts.computations)
            add(COMPUTE_SECONDS, (name,), counts.compute_s)
        for kind, number in metrics.read_bumps().items():
            add(BUMPS, (kind,), number)


def add(counter: Counter, labels: tuple[str, ...], counted: float) -> None:
    """Bring a counter up to what was counted. The lock is held."""
    key = (counter._name, *labels)
    new = counted - carried[key]
    if new > 0:
        counter.labels(*labels).inc(new)
    carried[key] = counted  # less than before: somebody has set the counts back


def carry_on() -> None:
    """Carry over once a second from now on, in a thread of this process's own."""

    def work() -> None:
        while True:
            carry()
            threading.Event().wait(EACH_S)

    threading.Thread(target=work, daemon=True, name="cache-metrics").start()


def registry() -> CollectorRegistry:
    """Return what to collect: of all web processes, or of this one where they share no folder."""
    carry()
    if not settings.METRICS_DIR:
        return REGISTRY
    everybody = CollectorRegistry()
    MultiProcessCollector(everybody, path=settings.METRICS_DIR)  # type: ignore[no-untyped-call]
    return everybody


@dataclass(frozen=True)
class Answers:
    """How the answers of one name came about; see ``lab_caching.metrics.Counts``."""

    name: str
    counts: metrics.Counts

    @property
    def compute_ms(self) -> int:
        """Return the time that making took in all."""
        return round(self.counts.compute_s * 1000)


def read() -> tuple[list[Answers], Mapping[str, int]]:
    """Return how answers came about, by name, and how often topics were bumped, by kind. No query."""
    names: dict[str, metrics.Counts] = defaultdict(metrics.Counts)
    bumps: dict[str, int] = {}
    for family in registry().collect():
        for sample in family.samples:
            labels = sample.labels
            if sample.name == "cache_answers_total":
                setattr(names[labels["name"]], labels["event"], int(sample.value))
            elif sample.name == "cache_computations_total":
                names[labels["name"]].computations = int(sample.value)
            elif sample.name == "cache_compute_seconds_total":
                names[labels["name"]].compute_s = sample.value
            elif sample.name == "cache_bumps_total":
                bumps[labels["kind"]] = int(sample.value)
    return [Answers(name, names[name]) for name in sorted(names)], bumps
