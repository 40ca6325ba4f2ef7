"""A server that is told to stop, started as docker-compose.yml starts the API, answers what it has begun."""

import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest
import yaml

from nexus.ports import is_listening
from nexus.processes import free_port, wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
# Answers /held when somebody says so, and tells that it has begun.
PROGRAM = """
import time
from pathlib import Path

def application(environ, start_response):
    if environ["PATH_INFO"] == "/held":
        Path("held").touch()
        while not Path("answer").exists():
            time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"whole"]
"""


def command(port: int) -> list[str]:
    """Return the API's command line of docker-compose.yml, for our program on a port of this machine."""
    api = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]["api"]
    words = shlex.split(api["command"][-1].partition(" exec ")[2])
    but = {"8000": str(port), "0.0.0.0": "127.0.0.1", "config.wsgi:application": "program:application"}  # noqa: S104
    return [sys.executable, "-m", *(but.get(word, word) for word in words)]


def ask(port: int, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.fixture
def server(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    port = free_port()
    words, log = command(port), tmp_path / "log"
    workers = int(words[words.index("--workers") + 1])
    with log.open("w") as out:
        process = subprocess.Popen(words, cwd=tmp_path, stdout=out, stderr=out)
    # A worker that only begins does not hear that it is told to stop.
    assert wait_until(lambda: log.read_text().count("Started worker-") == workers, 60), log.read_text()
    yield process, port
    process.kill()
    process.wait()


def test_a_request_under_way_is_answered_and_then_nobody_listens(server, tmp_path):
    process, port = server
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(ask, port, "/held")
        assert wait_until((tmp_path / "held").exists, 60)

        process.terminate()
        gone = wait_until(lambda: not is_listening(port), 60)
        (tmp_path / "answer").touch()

        assert gone
        assert held.result(60) == (200, b"whole")
    assert process.wait(60) == 0
