import json
import os

import pytest

from nexus.bench import benches
from nexus.bench.benches import BENCHES, Goal, Result, compared, measured, run
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
        "bare",
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
    assert Result("Valkey", Goal("relay", "bare", 0.5, 0.8), [ratio], 1.0).verdict == verdict


def test_a_rung_of_a_ladder_has_no_bar_and_is_drawn():
    rung = Result("PostgreSQL", Goal("joins", "cards"), [0.25], 1.0)

    assert (rung.is_missed, rung.verdict) == (False, "█████")


def test_the_relay_is_measured_on_every_broker_there_is(state):
    with session(state) as services:
        found = dict(measured(RELAY, services, rounds=2, size=20))

    assert {on: len(rounds) for on, rounds in found.items()} == {"Valkey": 2}
    (result,) = compared(RELAY, "Valkey", found["Valkey"])
    assert all(ratio > 0 for ratio in result.ratios)


def test_every_way_of_reading_shows_the_same_and_is_measured(state):
    with session(state) as services:
        found = dict(measured(BENCHES["reads"], services, rounds=1, size=400))

    (rounds,) = found.values()
    assert {result.goal.way for result in compared(BENCHES["reads"], "PostgreSQL", rounds)} >= {
        "compiled",
        "naive",
    }
    assert all(way["seconds"] > 0 for way in rounds[0].values())


def test_every_graph_shows_the_same_and_is_measured(state):
    with session(state) as services:
        found = dict(measured(BENCHES["graph"], services, rounds=1, size=2))

    (rounds,) = found.values()
    assert rounds[0].keys() == {"rest", "graph", "naive"}
    assert [result.goal.way for result in compared(BENCHES["graph"], "PostgreSQL", rounds)] == [
        "graph",
        "naive",
        "graph",
    ]


def test_what_was_measured_is_written_with_every_round(tmp_path, monkeypatch):
    monkeypatch.setattr(benches, "FOLDER", tmp_path)
    monkeypatch.setattr(benches, "shown", str)
    results = list(compared(RELAY, "Valkey", ROUNDS))

    benches.write(RELAY, ["$ ./nexus bench relay"], {"Valkey": ROUNDS}, results)

    assert "$ ./nexus bench relay" in (tmp_path / "bench-relay.txt").read_text()
    evidence = json.loads((tmp_path / "bench-relay.json").read_text())
    assert evidence["rounds"]["Valkey"] == ROUNDS
    assert evidence["results"][0]["median"] == 0.5


def test_a_bench_that_fails_is_told_in_its_own_words():
    environment = {**os.environ, "DATABASE_URL": "postgresql://127.0.0.1:9/none"}

    with pytest.raises(NexusError, match=r"(?s)the bench relay ended with exit code 1.*connection failed"):
        run(RELAY, environment, rounds=1, size=1)


def test_an_unknown_bench_is_answered_by_those_there_are():
    with pytest.raises(UnknownWord, match="relay"):
        benches.named("rely")
