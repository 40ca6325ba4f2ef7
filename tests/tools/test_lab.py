"""`./nexus lab`, whole: a student's copy of the rest lab, its playground in the background, and what a beginner may do to it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from nexus.labs.manifest import lab_named
from nexus.ports import is_free
from nexus.processes import command_line, free_port, wait_until

pytestmark = pytest.mark.timeout(180)  # the first start fills 60,000 rows
REST = lab_named("rest")


def test_from_the_start_to_the_whole_part(work, nexus_lab):
    shutil.rmtree(work.folder)
    started = nexus_lab("start", "rest")
    first = nexus_lab("check", "rest")
    work.take_solution(REST.steps[0])
    second = nexus_lab("check", "rest")
    for step in REST.steps:
        work.take_solution(step)
    whole = nexus_lab("check", "rest")

    assert [done.returncode for done in (started, first, second, whole)] == [0, 1, 1, 0]
    assert "The playground serves it at http://127.0.0.1:" in started.stdout
    heads = [line[2:12].strip() for line in first.stdout.splitlines() if re.match("  [a-z]", line)]
    assert heads == ["asked", "expected", "actual", "your code", "why", "see it", "read", "check"], (
        first.stdout
    )
    assert "NotImplementedError: problem-document: Answer an error as a problem document" in first.stdout
    assert f"0 of {len(REST.steps)} steps passed\nYour turn: problem-document in problems.py." in first.stdout
    assert f"passed   {REST.steps[0].id}" in second.stdout
    assert f"FAILED   {REST.steps[1].id}" in second.stdout
    assert f"{len(REST.steps)} of {len(REST.steps)} steps passed" in whole.stdout


@pytest.mark.skipif(not shutil.which("curl"), reason="the printed command needs curl, which is not installed")
def test_the_printed_command_shows_what_the_check_saw(work, nexus_lab):
    printed = nexus_lab("check", "rest").stdout
    command = re.search(r"^  see it +(curl .+)$", printed, re.MULTILINE)
    status = re.search(r"^  actual +(\d{3})", printed, re.MULTILINE)

    shown = subprocess.run(command[1], shell=True, capture_output=True, text=True, check=True)  # noqa: S602 -- as a student would

    assert shown.stdout.startswith(f"HTTP/1.1 {status[1]} ")


def test_json_says_the_same_to_a_machine(work, nexus_lab):
    done = nexus_lab("check", "rest", "--json")

    found = json.loads(done.stdout)
    assert (done.returncode, found["passed"], found["of"]) == (1, 0, len(REST.steps))
    assert [step["state"] for step in found["steps"]] == ["failed", *["blocked"] * (len(REST.steps) - 1)]
    assert found["steps"][0]["checks"][0]["state"] == "failed"


def test_a_running_playground_is_checked_by_its_address(work, nexus_lab):
    work.take_solution(REST.steps[0])
    address = re.search(r"served at (\S+)", nexus_lab("check", "rest", REST.steps[0].id).stdout)[1]

    by_address = nexus_lab("check", "rest", REST.steps[0].id, "--base-url", address)
    nobody = nexus_lab("check", "rest", "--base-url", "http://127.0.0.1:9")
    no_address = nexus_lab("check", "rest", "--base-url", "127.0.0.1:8010")

    assert (by_address.returncode, nobody.returncode, no_address.returncode) == (0, 1, 1)
    assert (
        nobody.stderr
        == "nexus: --base-url http://127.0.0.1:9: nobody answers there. Start it, or leave --base-url out.\n"
    )
    assert "give an address such as http://127.0.0.1:8010" in no_address.stderr


class Watch:
    """`./nexus lab check rest --watch`, read as it prints."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "nexus", "lab", "check", "rest", "--watch"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.queue: Queue[str] = Queue()
        Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        for line in self.process.stdout:
            self.queue.put(line)

    def round(self) -> str:
        """Return what one check printed."""
        lines = []
        while not lines or "Ctrl-C ends it." not in lines[-1]:
            lines.append(self.queue.get(timeout=60))
        return "".join(lines)


def test_watching_checks_again_after_each_file_that_is_saved_whatever_is_saved(work, students_environment):
    watch = Watch(students_environment)
    try:
        first = watch.round()
        (work.part / "problems.py").write_text("def (")
        half_saved = watch.round()
        (work.part / "problems.py").unlink()
        deleted = watch.round()
        while "problems.py is gone" not in deleted:  # what was half saved was checked once more
            deleted = watch.round()
        work.reset(REST.steps[0])
        work.take_solution(REST.steps[0])
        solved = watch.round()
        while "FAILED   problem-document" in solved or "does not load" in solved:  # between the two writes
            solved = watch.round()
    finally:
        watch.process.send_signal(signal.SIGINT)
        code = watch.process.wait(timeout=30)
        watch.process.stdout.close()

    assert "FAILED   problem-document" in first
    assert "problems.py:1: invalid syntax" in half_saved
    assert "problems.py is gone" in deleted
    assert "passed   problem-document" in solved
    assert code == 130


def test_a_port_that_is_taken_is_told_with_who_has_it(work, nexus_lab):
    nexus_lab("stop", "rest")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        refused = nexus_lab("start", "rest", "--port", port)

    assert refused.returncode == 1
    assert f"--port {port}: that port is taken by process {os.getpid()} (" in refused.stderr


def test_a_port_that_was_asked_for_and_is_taken_meanwhile_is_told_any_other_gives_way(work, home, nexus_lab):
    nexus_lab("stop", "rest")
    nexus_lab("start", "rest", "--port", str(free_port()))
    port = status(home)["port"]
    with robbed(home, port):
        told = nexus_lab("check", "rest")
    nexus_lab("stop", "rest")
    nexus_lab("start", "rest")
    with robbed(home, status(home)["port"]):
        elsewhere = nexus_lab("check", "rest")

    assert f"port {port} was taken meanwhile by process {os.getpid()} (" in told.stderr
    assert "FAILED   problem-document" in elsewhere.stdout


@contextmanager
def robbed(home: Path, port: int) -> Iterator[None]:
    """Take the playground's port away, as a program does that starts between two saves."""
    os.kill(status(home)["pid"], signal.SIGSTOP)  # the keeper sees nothing of it
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,command="], capture_output=True, text=True, check=True
    )
    for line in listed.stdout.splitlines():
        if f"rest_playground --port {port}" in line:
            os.kill(int(line.split()[0]), signal.SIGKILL)
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        assert wait_until(lambda: is_free(port), limit_s=30)
        thief.bind(("127.0.0.1", port))
        thief.listen()
        os.kill(status(home)["pid"], signal.SIGCONT)
        file = home / "work/rest/lab_rest/problems.py"
        file.write_text(file.read_text() + "\n")
        yield


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["start", "rset"], "no lab 'rset'. Did you mean 'rest'?"),
        (["check", "rest", "cursr"], "no step of the lab rest 'cursr'. Did you mean 'cursor'?"),
        (["reset", "rest", "--solved-until", "x"], "no step of the lab rest 'x'. There are: problem-document, "),
        (["start", "rest", "--solved-until", "cursor"], "./nexus lab reset rest --solved-until cursor begins anew"),
        (["solution", "rest", "cursor"], "cursor has not passed yet. ./nexus lab hint rest cursor helps"),
        (["reset", "rest", "cursor", "--solved-until", "cursor"], "give a step, or --solved-until, not both"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_answered_by_what_does(work, nexus_lab, words, said):
    refused = nexus_lab(*words)

    assert refused.returncode in {1, 2}
    assert said in refused.stderr


@pytest.mark.parametrize(
    "words", [["check", "rest"], ["diff", "rest"], ["reset", "rest"], ["show", "rest", "--mine"]]
)
def test_a_copy_that_is_not_there_is_told_how_to_make_one(home, nexus_lab, words):
    refused = nexus_lab(*words, NEXUS_WORK_DIR=str(home / "nothing"))

    assert refused.returncode == 1
    assert "is not there yet: begin with ./nexus lab start rest" in refused.stderr


def status(home: Path) -> dict:
    return json.loads((home / "state/lab-rest.json").read_text())


def test_two_starts_at_once_make_one_playground(work, home, nexus_lab):
    nexus_lab("stop", "rest")

    with ThreadPoolExecutor(2) as pool:
        started = [future.result() for future in [pool.submit(nexus_lab, "start", "rest") for _ in range(2)]]

    # with "e" each line ends in the process's environment
    listed = subprocess.run(["ps", "axeww", "-o", "command="], capture_output=True, text=True, check=True)
    keepers = [line for line in listed.stdout.splitlines() if "nexus.labs.keeper rest" in line]
    assert [done.returncode for done in started] == [0, 0]
    assert len([line for line in keepers if f"NEXUS_STATE_DIR={home}/state" in line]) == 1


def test_stopping_leaves_no_process_and_no_port(work, home, nexus_lab, nothing_is_left):
    nexus_lab("start", "rest")
    port = status(home)["port"]

    stopped = nexus_lab("stop")

    assert stopped.stdout == "Stopped: rest. Your files stay.\n"
    assert is_free(port)
    nothing_is_left(home)
    assert list(home.glob("state/lab-*.json")) == []
    assert work.exists()


def test_a_playground_whose_keeper_was_killed_is_cleaned_up_and_served_again(work, home, nexus_lab):
    nexus_lab("start", "rest")
    before = status(home)
    os.kill(before["pid"], signal.SIGKILL)
    assert wait_until(lambda: is_free(before["port"]), limit_s=30)

    again = nexus_lab("check", "rest")

    assert "FAILED   problem-document" in again.stdout
    assert status(home)["pid"] != before["pid"]
    assert "nexus.labs.keeper" in command_line(status(home)["pid"])
