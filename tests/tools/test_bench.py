import json
import os
from uuid import UUID

import pytest

from nexus.bench import benches, statements
from nexus.bench.benches import BENCHES, Goal, Result, compared, figures_of, measured, run
from nexus.bench.statements import Parameter, Statement
from nexus.errors import NexusError, UnknownWord
from nexus.services import session

PAGES = ("list", "detail", "search", "home")
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


@pytest.mark.timeout(600)  # it seeds and serves
def test_every_way_of_reading_shows_the_same_and_is_measured(state):
    with session(state) as services:
        found = dict(measured(BENCHES["reads"], services, rounds=1, size=400))

    (rounds,) = found.values()
    assert {result.goal.way for result in compared(BENCHES["reads"], "PostgreSQL", rounds)} >= {
        "list",
        "naive",
    }
    assert all(way["seconds"] > 0 for way in rounds[0].values())


@pytest.mark.timeout(600)  # it seeds and serves
def test_searches_and_ticks_are_compared_with_the_same_statements(state):
    with session(state) as services:
        (rounds,) = dict(measured(BENCHES["listening"], services, rounds=1, size=400)).values()

    assert rounds[0].keys() >= {"tick", "same statements", "upsert"}
    assert [goal.yardstick for goal in BENCHES["reads"].goals if goal.way == "search"] == ["found"]


def test_what_the_capstone_sends_is_taken_down_by_what_the_request_says():
    user = UUID(int=7)

    assert [
        statements.parameter(value, {"user": user, "seqs": [1]}) for value in (user, [1], "ready", 1)
    ] == [
        Parameter("user"),
        Parameter("seqs"),
        Parameter(value="ready"),
        Parameter(value=1),
    ]
    assert statements.parameter('{"id": 1}', {}) == Parameter(statements.DOCUMENT)
    with pytest.raises(SystemExit, match="the request does not say"):
        statements.parameter(UUID(int=8), {"user": user})


def test_statements_reach_the_bare_program_as_they_were_taken_down():
    one = Statement("SELECT %s, %s", [Parameter("user"), Parameter(value=20)], ["id"], is_in_transaction=True)
    other = Statement("SELECT %(a)s", {"a": Parameter("user")}, ["id"], is_in_transaction=False)

    told = statements.read(statements.written({"tick": [one, other]})["BARE_STATEMENTS"])

    assert told == {"tick": [one, other]}
    assert one.given({"user": 7}) == [7, 20]
    assert other.given({"user": 7}) == {"a": 7}


@pytest.mark.timeout(600)  # it seeds and serves
def test_few_and_many_are_compared_by_median_and_p95_of_each_page(state):
    with session(state) as services:
        (rounds,) = dict(measured(BENCHES["growth"], services, rounds=1, size=400)).values()

    judged = {
        result.goal.way for result in compared(BENCHES["growth"], "PostgreSQL", rounds) if result.goal.bar
    }
    assert judged == {f"{name} of many, {figure}" for name in PAGES for figure in ("median", "p95")} | {
        "page 2,500"
    }


def test_memory_is_compared_with_its_goal_and_told_in_mib():
    turn = {
        "85 MiB": {"mib": 85},
        "worker at start": {"mib": 60},
        "worker": {"mib": 100},
        **{f"{name}, {kind} start": {"seconds": 2} for name in ("API", "bare") for kind in ("cold", "warm")},
    }

    memory, *starts = compared(BENCHES["memory"], "PostgreSQL", [turn])

    assert (memory.median, memory.processor, memory.verdict) == (0.85, None, "bar passed")
    assert memory.row()[5] == ""
    assert [start.median for start in starts] == [1, 1]
    assert next(iter(figures_of(BENCHES["memory"], [turn, turn]))) == "worker at start: 60.0 MiB (60.0–60.0)"


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
