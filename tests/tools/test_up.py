"""`./nexus up`, whole: every process real, on a state and ports of its own, without the hub (tests/docs builds that)."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Queue
from tempfile import mkdtemp
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from nexus.ports import is_free
from nexus.processes import command_line, free_port, wait_until

pytestmark = pytest.mark.timeout(300)  # the first start speaks the whole demo catalogue
CHECKOUT = Path(__file__).resolve().parents[2]
WHOSE_STEPS_ALL_PASS = """
import sys, nexus.cli, nexus.__main__
nexus.cli.steps_passed = lambda lab: (10, 10)
sys.exit(nexus.__main__.main())
"""


class Up:
    """One `./nexus up`, whose output is read as it comes."""

    def __init__(self, state_dir: Path, *options: str, work: Path | None = None) -> None:
        self.api, self.media = free_port(), free_port()
        ports = options or ["--port", str(self.api), "--media-port", str(self.media)]
        program = ["-c", WHOSE_STEPS_ALL_PASS] if work else ["-m", "nexus"]
        mine = ["--mine"] if work else []
        self.process = subprocess.Popen(
            [sys.executable, "-P", *program, "up", "--no-hub", *mine, *ports],
            env={**os.environ, "NEXUS_STATE_DIR": str(state_dir), "NEXUS_WORK_DIR": str(work or "")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.queue: Queue[str] = Queue()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)
            self.queue.put(line)
        self.queue.put("")

    def until(self, pattern: str) -> re.Match[str]:
        """Wait for a line; fail with all that was printed where it does not come."""
        while line := self.queue.get(timeout=200):
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"no line matches {pattern!r} in:\n{''.join(self.lines)}")

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.exit_code()

    def exit_code(self) -> int:
        """Wait for the end."""
        code = self.process.wait(timeout=60)
        self.reader.join(timeout=60)
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def state_dir() -> Iterator[Path]:
    """One state for all, so that the catalogue is spoken once."""
    folder = Path(mkdtemp(prefix="nexus tests ", dir="/var/tmp"))
    folder.chmod(0o711)
    yield folder / "state"
    shutil.rmtree(folder)


@pytest.fixture
def up(state_dir: Path, nothing_is_left: Callable[[Path], None]) -> Iterator[Callable[..., Up]]:
    """Return a function that starts `./nexus up`; afterwards nothing of it may be left."""
    with ExitStack() as stack:

        def start(*options: str, work: Path | None = None) -> Up:
            started = Up(state_dir, *options, work=work)
            stack.callback(lambda: started.process.stdout.closed or started.end())
            return started

        yield start
    nothing_is_left(state_dir)


def children_of(pid: int) -> dict[str, int]:
    """Return the processes of `./nexus up` by the program they run."""
    answer = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in answer.stdout.splitlines()]
    mine = {command: int(child) for child, parent, command in rows if int(parent) == pid}
    words = {
        "api": "config.wsgi:application",
        "media": "config.wsgi_media",
        "worker": " mail,default,periodic ",
        "encoder": " -Q media ",
        "relay": "outbox_relay",
    }
    return {name: pid for name, word in words.items() for command, pid in mine.items() if word in command}


def test_ready_means_that_all_answer_and_a_second_up_is_refused_and_sigterm_leaves_nothing(up):
    running = up()
    running.until(r"Ready in [\d.]+ s")
    log = "".join(running.lines)
    with urlopen(f"http://127.0.0.1:{running.api}/api/v1/audiobooks/?limit=3", timeout=10) as answer:
        page = json.load(answer)

    assert len(page["results"]) == 3
    assert page["next"].startswith(f"http://127.0.0.1:{running.api}/api/v1/audiobooks/")
    for line in (
        rf"API +http://127.0.0.1:{running.api}/",
        rf"Media +http://127.0.0.1:{running.media}/",
        "Worker +worker-",
        "Encoder +encoder-",
    ):
        assert re.search(line, log)
    assert re.findall(r"^\S+ nexus +\|   (\w+) +\S+ +(\w+)$", log, re.M) == [
        ("ada", "curator"),
        ("bo", "listener"),
        ("cy", "listener"),
        ("staff", "staff"),
    ]
    assert "\x1b[" not in "".join(line for line in running.lines if " nexus " in line)

    second = up()
    refusal = second.until(r"already running").string
    assert f"http://127.0.0.1:{running.api}/ (process {running.process.pid})" in refusal
    assert second.exit_code() == 1

    assert running.end(signal.SIGTERM) == 143
    assert (is_free(running.api), is_free(running.media)) == (True, True)


def test_kill_9_of_the_front_door_ends_its_processes_and_kill_9_of_one_of_them_ends_the_front_door(up):
    first = up()
    first.until(r"Ready in")
    children = list(children_of(first.process.pid).values())
    assert len(children) == 5

    first.end(signal.SIGKILL)
    second = up()
    second.until(r"Ready in")
    assert wait_until(lambda: not any(command_line(pid) for pid in children), limit_s=30)

    os.kill(children_of(second.process.pid)["api"], signal.SIGKILL)
    assert second.until(r"^nexus: api was ended by signal 9; .* Everything else was stopped")
    assert second.exit_code() == 1
    assert is_free(second.api)


def test_a_port_asked_for_and_taken_is_an_error_that_names_its_holder(up):
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]
        running = up("--port", str(port))
        line = running.until(r"that port is taken").string

    assert f"--port {port}: that port is taken by process {os.getpid()}" in line
    assert running.exit_code() == 1


def test_one_port_asked_for_twice_is_an_error(up):
    port = str(free_port())

    running = up("--port", port, "--media-port", port)

    assert running.until(r"already given to another of our own addresses")
    assert running.exit_code() == 1


def problem(port: int) -> tuple[int, str | None, str]:
    """Return status, X-Nexus-Mine and title of what is answered at an address that leads nowhere."""
    with pytest.raises(HTTPError) as error:
        urlopen(f"http://127.0.0.1:{port}/nowhere", timeout=10)
    with error.value as answer:
        return answer.status, answer.headers["X-Nexus-Mine"], json.load(answer)["title"]


def test_with_mine_the_students_part_answers_and_the_start_names_it(up, tmp_path):
    part = tmp_path / "rest/lab_rest"
    shutil.copytree(CHECKOUT / "labs/rest/src/lab_rest", part)
    ours = (part / "problems.py").read_text()
    (part / "problems.py").write_text(ours.replace('"title": problem.title', '"title": "As Bo wrote it"'))

    running = up(work=tmp_path)
    running.until(r"Ready in")

    ours_still = [
        f"{lab} is ours: begin with ./nexus lab start {lab}" for lab in ("caching", "celery", "graphql")
    ]
    line = " · ".join([f"rest is yours ({part.parent})", *ours_still])
    assert f"nexus: parts: {line}\n" in running.lines
    assert re.search(rf"nexus +\| Parts +{re.escape(line)}$", "".join(running.lines), re.M)
    assert problem(running.api) == problem(running.media) == (404, "rest", "As Bo wrote it")
    with urlopen(f"http://127.0.0.1:{running.api}/", timeout=10) as answer:
        assert "Your code served this: <strong>rest</strong>" in answer.read().decode()
