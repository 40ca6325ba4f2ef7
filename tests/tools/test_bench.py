import os

import pytest

from nexus.bench import benches
from nexus.bench.benches import BENCHES, Result, compared, measured, run
from nexus.errors import NexusError, UnknownWord
from nexus.services import session

RELAY = BENCHES["relay"]
ROUNDS = [
    {"bare": {"seconds": 1.0, "cpu_s": 0.9}, "relay": {"seconds": 4.0, "cpu_s": 0.9}},
    {"bare": {"seconds": 1.0, "cpu_s": 0.9}, "relay": {"seconds": 2.0, "cpu_s": 1.8}},
    {"bare": {"seconds": 6.0, "cpu_s": 0.9}, "relay": {"seconds": 2.0, "cpu_s": 0.9}},
]


def test_a_way_is_told_by_the_median_of_its_ratios_and_their_spread():
    (result,) = compared(RELAY, "Valkey", ROUNDS)

    assert list(result.ratios) == [0.25, 0.5, 3.0]
    assert result.row() == [
        "Valkey",
        "relay",
        "0.50",
        "0.25–3.00",
        "1.00",
        "0.50",
        "0.80",
        "bar passed",
    ]


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [(0.49, "BELOW THE BAR"), (0.5, "bar passed"), (0.79, "bar passed"), (0.8, "goal reached")],
)
def test_a_ratio_is_judged_by_the_bar_and_the_goal(ratio, verdict):
    assert Result("Valkey", "relay", [ratio], 1.0, 0.5, 0.8).verdict == verdict


def test_the_relay_is_measured_on_every_broker_there_is(state):
    with session(state) as services:
        results = list(measured(RELAY, services, rounds=2, size=20))

    assert [(result.on, result.way, len(result.ratios)) for result in results] == [("Valkey", "relay", 2)]
    assert all(ratio > 0 for ratio in results[0].ratios)


def test_a_bench_that_fails_is_told_in_its_own_words():
    environment = {**os.environ, "DATABASE_URL": "postgresql://127.0.0.1:9/none"}

    with pytest.raises(NexusError, match=r"(?s)the bench relay ended with exit code 1.*connection failed"):
        run(RELAY, environment, rounds=1, size=1)


def test_an_unknown_bench_is_answered_by_those_there_are():
    with pytest.raises(UnknownWord, match="relay"):
        benches.named("rely")
