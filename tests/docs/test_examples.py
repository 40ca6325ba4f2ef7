"""The programs that pages show are run, against the rest lab's playground: a real server on real PostgreSQL."""

import json
import os
import shutil
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from nexus.pages import DOCS
from nexus.processes import free_port

PYTHON = [sys.executable, DOCS / "examples/walk.py"]
NODE = [shutil.which("node") or "node", DOCS / "examples/walk.mjs"]
needs_node = pytest.mark.skipif(
    not shutil.which("node"), reason="the JavaScript example needs Node, which is not installed"
)
programs = pytest.mark.parametrize(
    "program", [PYTHON, pytest.param(NODE, marks=needs_node)], ids=["python", "node"]
)


@pytest.fixture(scope="module")
def playground():
    """The address of the playground's list, served by its own command."""
    if "DATABASE_URL" not in os.environ:
        pytest.fail("DATABASE_URL is not set: run this by ./nexus test tools, or name a PostgreSQL server.")
    port = free_port()
    server_url = (
        urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres").geturl()
    )  # the suite has no database
    environment = {
        **os.environ,
        "DATABASE_URL": server_url,
        "DJANGO_SETTINGS_MODULE": "rest_playground.settings",
    }
    command = [sys.executable, "-P", "-m", "rest_playground", "--port", str(port)]
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(server, f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/step3/readings/"
    finally:
        server.terminate()
        server.communicate(timeout=20)


def wait_for(server: subprocess.Popen, address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(address):  # noqa: S310 -- our own server
                return
        except URLError:
            if server.poll() is not None:
                pytest.fail(f"the playground ended: {server.stderr.read()}")
            time.sleep(0.1)
    pytest.fail("the playground did not answer within 60 s")


def run(program: list, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([*program, *arguments], capture_output=True, text=True, timeout=60, check=False)


@programs
def test_a_walk_meets_each_of_a_stations_1000_readings_once(program, playground):
    done = run(program, f"{playground}?station=S07&limit=100")

    readings = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert len({reading["id"] for reading in readings}) == len(readings) == 1000
    assert {reading["station"] for reading in readings} == {"S07"}


@programs
def test_a_refusal_is_told_in_the_words_of_its_problem_document(program, playground):
    done = run(program, f"{playground}?limit=1000")

    assert done.returncode == 1
    assert done.stdout == ""
    assert (
        done.stderr
        == "400 /errors/#invalid-query: limit: Must be a whole number from 1 to 100, not '1000'.\n"
    )


@needs_node
def test_leaving_the_loop_early_leaves_the_other_pages_unread(playground):
    done = run(NODE, f"{playground}?limit=3", "7")

    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == list(range(60000, 59993, -1))


def test_of_eight_tokens_each_way_of_reading_believes_as_many_as_the_page_says():
    done = run([sys.executable, DOCS / "examples/tokens.py"])

    page = (DOCS / "concepts/authentication-and-authorisation.md").read_text()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].split() == [
        "accepted",
        "8",
        "of",
        "8",
        "4",
        "of",
        "8",
        "1",
        "of",
        "8",
    ]
    assert done.stdout in page
