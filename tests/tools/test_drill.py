"""The drills, a little of each: what `./nexus drill` kills loses nothing and doubles nothing, and it leaves nothing behind."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from nexus.drill import BROKERS, table
from nexus.services import checkout_state, engines

RABBITMQ = pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)
NEXUS = [sys.executable, "-P", "-m", "nexus"]
LETTERS = {"transcode": 2, "mail": 30, "relay": 121, "broker": 121}


@pytest.fixture
def nothing_stays() -> Iterator[None]:
    """Compare the folders of runs, and the processes that name one, before and after."""
    runs = checkout_state().folder / "runs"
    before = {path.name for path in runs.glob("run-*")}
    yield
    fresh = {path.name for path in runs.glob("run-*")} - before
    commands = subprocess.run(
        ["ps", "-A", "-ww", "-o", "command="], capture_output=True, text=True, check=True
    )
    assert fresh == set()
    assert f"{sys.executable} -P -m nexus.drill" not in commands.stdout  # of this checkout


@pytest.mark.timeout(300)
@pytest.mark.parametrize("broker", ["valkey", RABBITMQ])
@pytest.mark.parametrize("act", LETTERS)
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
