"""The drills, a little of each: what `./nexus drill` kills loses nothing and doubles nothing, and it leaves nothing behind."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from nexus.drill import BROKERS, table
from nexus.services import engines

NEXUS = [sys.executable, "-P", "-m", "nexus"]
LETTERS = {"transcode": 2, "mail": 30, "relay": 121, "broker": 121}
AT_NIGHT = [(act, broker) for act in LETTERS for broker in BROKERS]
BY_DAY = [("transcode", "valkey"), ("mail", "rabbitmq"), ("relay", "valkey"), ("broker", "rabbitmq")]
DRILLS = [
    pytest.param(act, broker, marks=pytest.mark.rabbitmq if broker == "rabbitmq" else ())
    for act, broker in (AT_NIGHT if os.environ.get("NEXUS_ALL") else BY_DAY)
]


@pytest.fixture
def nothing_stays(own_folder, monkeypatch) -> Iterator[None]:
    """A state folder of the drill's own, of which nothing is left at the end: no file of a run, and no process."""
    state = own_folder / "state"
    monkeypatch.setenv("NEXUS_STATE_DIR", str(state))
    yield
    commands = subprocess.run(
        ["ps", "-A", "-ww", "-o", "command="], capture_output=True, text=True, check=True
    )
    assert list((state / "runs").glob("run-*")) == []
    assert str(state) not in commands.stdout


@pytest.mark.timeout(400)  # a drill itself gives up after 300 s, and says for what it waited
@pytest.mark.parametrize(("act", "broker"), DRILLS)
def test_nothing_is_lost_and_nothing_is_doubled(act, broker, nothing_stays):
    if broker == "rabbitmq" and engines.rabbitmq_server() is None:  # a drill stops it: one of its own
        if "rabbitmq" in os.environ.get("REQUIRE_SERVICES", ""):
            pytest.fail("no RabbitMQ is installed")
        pytest.skip("no RabbitMQ is installed, to be started and stopped by the drill")

    run = subprocess.run(
        [*NEXUS, "drill", act, "--broker", broker, "--short"], capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr
    cells = [cell.strip() for cell in run.stdout.splitlines()[-1].strip("|").split("|")]
    _, played_on, started, finished, lost, doubled, letters, repeated, recovered_s = cells
    assert (played_on, started, lost, doubled) == (broker, finished, "0", "0")
    assert int(letters) - int(repeated) == LETTERS[act]
    assert 0 < float(recovered_s) < 200


@pytest.mark.parametrize(
    ("words", "known"), [(["email"], "transcode, mail"), (["--broker", "kafka"], "rabbitmq, valkey")]
)
def test_an_act_or_broker_that_there_is_not_is_answered_by_those_there_are(words, known):
    run = subprocess.run([*NEXUS, "drill", *words], capture_output=True, text=True, check=False)

    assert run.returncode == 1
    assert re.search(rf"there is no '\w+' to drill: {known}", run.stderr)


def test_the_table_is_markdown_with_its_numbers_to_the_right():
    assert table([("act", "broker", "lost"), ("mail", BROKERS[1], "0")]) == [
        "| act  | broker | lost |",
        "| ---- | ------ | ---: |",
        "| mail | valkey |    0 |",
    ]
