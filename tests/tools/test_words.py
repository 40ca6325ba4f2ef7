"""What ./nexus says to right and wrong words."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nexus.processes import command_line, wait_until
from nexus.services import new_ephemeral_state

CHECKOUT = Path(__file__).resolve().parents[2]
Nexus = Callable[..., tuple[int, str, str]]


@pytest.fixture
def nexus(own_folder: Path) -> Nexus:
    """Return a function that runs ./nexus on a state of its own: exit code, output, complaints."""

    def run(*words: str, **environment: str) -> tuple[int, str, str]:
        answer = subprocess.run(
            [sys.executable, "-P", "-m", "nexus", *words],
            env={**os.environ, "NEXUS_STATE_DIR": str(own_folder / "state"), **environment},
            capture_output=True,
            text=True,
            check=False,
            cwd=CHECKOUT,
        )
        return answer.returncode, answer.stdout, answer.stderr

    return run


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [
        (["tets"], "Did you mean 'test'"),
        (["up", "--prot", "8000"], "--port"),
        (["docs", "bild"], "Did you mean 'build'"),
        (["lab", "shw"], "Did you mean 'show'"),
        (["lab", "show", "rst"], "Did you mean 'rest'"),
        (["test", "captsone"], "Did you mean 'capstone'"),
        (["test", "tests/nowhere.py"], "no suite or test path"),
        (
            ["test", "--mine", "rest"],
            "no suite for --mine 'rest'. There are: capstone, a path in capstone/tests",
        ),
        (["test", "--mine", "capstone", "tests/tools/test_words.py"], "no suite for --mine"),
        (["up", "--port", "0"], "'--port': Input should be greater than or equal to 1"),
        (["up", "--port", "http"], "'--port': Input should be a valid integer"),
    ],
)
def test_a_wrong_word_suggests_the_right_one_and_exits_2(nexus, words, suggestion):
    code, printed, complaints = nexus(*words)

    assert (code, printed) == (2, "")
    assert suggestion in complaints
    assert "Traceback" not in complaints


def test_help_names_every_command_in_plain_text(nexus):
    code, printed, _ = nexus("--help")

    assert code == 0
    words = ["up", "test", "lint", "lock", "manage", "shell", "doctor", "reset", "docs", "lab"]
    assert [word for word in words if f"\n  {word} " not in printed] == []
    assert "\x1b" not in printed


def test_lab_lists_every_lab_with_its_question(nexus):
    code, printed, _ = nexus("lab")

    assert code == 0
    assert "What does a good HTTP contract owe its caller?" in printed
    assert "\x1b" not in printed


@pytest.mark.parametrize("word", ["up", "test"])
def test_mine_without_a_part_says_how_to_begin_one(nexus, own_folder, word):
    code, _, complaints = nexus(word, "--mine", NEXUS_WORK_DIR=str(own_folder))

    assert code == 1
    assert complaints == f"nexus: {own_folder} holds no part of yours: begin with ./nexus lab start rest\n"


def test_manage_hands_djangos_exit_code_and_options_through(nexus):
    assert nexus("manage", "check", "--fail-level", "ERROR")[0] == 0
    assert nexus("manage", "check", "--tag", "no-such-tag")[0] == 1


def test_an_unreachable_database_is_one_message_and_exit_code_1(nexus):
    code, printed, complaints = nexus(
        "manage", "check", DATABASE_URL="postgresql://ada:secret-word@127.0.0.1:1/x"
    )

    assert (code, printed) == (1, "")
    assert complaints.startswith("nexus: DATABASE_URL in the environment leads nowhere usable (127.0.0.1:1)")
    assert "secret-word" not in complaints
    assert "Traceback" not in complaints


def test_doctor_names_every_service_and_exits_0_where_nothing_is_missing(nexus):
    code, printed, _ = nexus("doctor")

    assert code == 0
    for word in ("Python", "Disk", "State", "PostgreSQL", "Valkey", "RabbitMQ", "Docker", "Port 8000"):
        assert f"ok  {word}" in printed


def test_doctor_exits_1_where_a_service_cannot_be_reached(nexus):
    code, printed, _ = nexus("doctor", REDIS_URL="redis://127.0.0.1:1/0")

    assert code == 1
    assert "NO  Valkey" in printed


def test_reset_asks_and_without_a_terminal_deletes_only_with_yes(nexus, own_folder):
    assert nexus("manage", "check")[0] == 0

    refused, _, complaints = nexus("reset")
    assert (refused, (own_folder / "state").exists()) == (1, True)
    assert "--yes" in complaints

    assert nexus("reset", "--yes")[0] == 0
    assert not (own_folder / "state").exists()


def test_reset_is_refused_while_something_runs(nexus, state, client):
    front_door = client(state)
    front_door.environment()

    code, _, complaints = nexus("reset", "--yes")

    assert (code, state.folder.exists()) == (1, True)
    assert "is running" in complaints
    assert front_door.leave() == ""


@pytest.mark.parametrize("folder", ["/proc/nexus", "/nowhere/nexus"])
def test_a_state_folder_that_cannot_be_made_is_one_message(nexus, folder):
    code, _, complaints = nexus("manage", "check", NEXUS_STATE_DIR=folder)

    assert code == 1
    assert complaints.startswith("nexus: ")
    assert folder in complaints
    assert "Traceback" not in complaints


def test_reset_is_refused_while_a_test_run_lasts(nexus, own_folder, client, monkeypatch):
    monkeypatch.setenv("NEXUS_STATE_DIR", str(own_folder / "state"))
    tests = client(new_ephemeral_state())
    tests.environment()

    code, _, complaints = nexus("reset", "--yes")

    assert (code, (own_folder / "state").exists()) == (1, True)
    assert "is running" in complaints
    assert tests.leave() == ""


def test_after_kill_9_of_the_front_door_a_foreground_command_ends_too(own_folder, nothing_is_left):
    environment = {**os.environ, "NEXUS_STATE_DIR": str(own_folder / "state")}
    command = [
        sys.executable,
        "-P",
        "-m",
        "nexus",
        "manage",
        "shell",
        "-c",
        "print('up', flush=True); input()",
    ]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    ) as process:
        while process.stdout.readline() != "up\n":
            pass
        children = subprocess.run(
            ["pgrep", "-P", str(process.pid), "-f", "manage.py"], capture_output=True, text=True, check=True
        )
        process.kill()

        child = int(children.stdout)
        assert wait_until(lambda: not command_line(child), limit_s=30)
    nothing_is_left(own_folder)
