"""Many listeners at once: the mix, the verdict, and a short run against the platform."""

import re

import pytest

from nexus import load
from nexus.errors import NexusError, UnknownWord
from nexus.load import PROFILES, Row, found, judged, rows_of

STATS = """Type,Name,Request Count,Failure Count,Requests/s,50%,95%
POST,POST /playback/{id}/events/,700,0,70.0,4,12
GET,static,40,0,4.0,1,2
GET,never asked,0,0,0,N/A,N/A
,Aggregated,740,0,74.0,4,13
"""


def rows(**but: Row) -> dict[str, Row]:
    made = [
        Row(load.STATIC, 40, 0, 1, 2, 4),
        Row(load.TICK, 700, 0, 4, 12, 70),
        Row("Aggregated", 740, 0, 4, 13, 74),
    ]
    return {row.name: row for row in made} | but


def test_a_listener_tells_positions_most_of_the_time():
    text = load.LOCUSTFILE.read_text()
    listener = text[text.index("class Listener") : text.index("class Yardstick")]
    found = {name: int(weight) for weight, name in re.findall(r"@task\((\d+)\)\n    def (\w+)", listener)}

    assert found == {"tick": 70, "home": 12, "browse": 5, "search": 3, "detail": 5, "sound": 3, "write": 2}


def test_what_locust_wrote_is_read_by_name(tmp_path):
    (tmp_path / "stats.csv").write_text(STATS)

    assert rows_of(tmp_path / "stats.csv") == rows()


@pytest.mark.parametrize(
    ("but", "code", "said"),
    [
        ({}, 0, "0 errors, p95 within its bound"),
        ({"Aggregated": Row("Aggregated", 740, 1, 4, 13, 74)}, 1, "1 errors"),
        (
            {load.TICK: Row(load.TICK, 700, 0, 4, 82, 70)},
            1,
            "a tick's p95 is 41.0 times the static answer's, more than 40",
        ),
    ],
)
def test_errors_and_a_slow_tick_fail_a_run(capsys, but, code, said):
    assert judged(PROFILES["smoke"], rows(**but), []) == code
    assert said in capsys.readouterr().out


def test_a_run_in_which_nobody_was_answered_says_what_to_do():
    with pytest.raises(
        NexusError, match=r"nobody was answered: POST /playback/\{id\}/events/\. Let it run longer"
    ):
        found({load.STATIC: rows()[load.STATIC]}, load.STATIC, load.TICK)


def test_memory_is_told_of_the_first_minute_and_of_the_last(capsys):
    judged(PROFILES["fixed"], rows(), [100 * 2**20] * 60 + [110 * 2**20] * 60)

    assert "largest worker: 100 MiB in the first 60 s, 110 MiB in the last" in capsys.readouterr().out


def test_an_unknown_profile_is_answered_by_those_there_are():
    with pytest.raises(UnknownWord, match="smoke"):
        load.named("smok")


@pytest.mark.timeout(600)  # it serves, seeds, and then half a minute passes
def test_listeners_use_the_platform_without_an_error(tmp_path, monkeypatch, capfd):
    """Half a minute of three listeners, on services of their own; how fast is not asked here."""
    monkeypatch.setattr(load, "REPORTS", tmp_path)
    monkeypatch.setitem(PROFILES, "smoke", load.Profile("smoke", "short", 3, 0.2, 30, 1))

    code = load.load("smoke", host=None, users=None, seconds=None, processes=1, web=False)

    said = capfd.readouterr().out
    assert code == 0, said
    assert "0 errors" in said
    assert (tmp_path / "load-smoke.html").stat().st_size > 10_000
