"""The API asked from outside, by HTTP alone: one that is begun for it, one in containers, or whichever an address names."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from nexus import processes
from nexus.grade.facts import FAILED, PASSED, Facts, NotRun, share_of
from nexus.grade.scene import Scene
from nexus.labs.mine import Parts
from nexus.processes import PYTHON_MODULE
from nexus.ready import direct
from nexus.services import CHECKOUT, Session

SMOKE = CHECKOUT / "capstone/deploy/smoke.py"
NEXUS = [*PYTHON_MODULE, "nexus"]
UP_S = 600
BUILD_S = 1800
LINES = 40  # of a log
MOST_BYTES = 1_000_000
PROJECT = "nexus-grade"
ENDS = {"ok  ": PASSED, "WRONG  ": FAILED}


def ask(scene: Scene, facts: Facts) -> None:
    """Make the smoke test's claims of the API at an address; of one that is begun for it, where there is none."""
    if url := scene.base_url:
        refuse_what_is_no_api(url)
        facts.repeat = f"python3 capstone/deploy/smoke.py --stranger {url}"
        claims(url, None, facts)
        return
    with platform(scene.services, scene.parts) as (address, accounts):
        claims(address, accounts, facts)


def refuse_what_is_no_api(base_url: str) -> None:
    """Raise ``NotRun`` where nobody answers, or what answers is not this API."""
    if not base_url.startswith(("http://", "https://")):
        raise NotRun(f"{base_url} is no address of the web: it begins with http:// or https://.")
    try:
        with direct.open(f"{base_url.rstrip('/')}/api/v1/audiobooks/?limit=1", timeout=20) as answer:
            kind, body = answer.headers.get_content_type(), answer.read(MOST_BYTES)
    except (OSError, HTTPException, ValueError) as error:  # an HTTPError is an OSError
        raise NotRun(
            f"{base_url} does not answer as this API does: {getattr(error, 'reason', '') or error}"
        ) from None
    if kind != "application/json":
        raise NotRun(f"{base_url} answers {kind}, not JSON: give the address where /api/v1/ is.")
    if b'"results"' not in body:
        raise NotRun(f"{base_url} answers JSON, but no list of recordings: is it another API?")


def claims(address: str, accounts: str | None, facts: Facts) -> None:
    """Run the smoke test, with the demo's accounts or as a stranger, and count what holds."""
    who = [] if accounts is not None else ["--stranger"]
    done = subprocess.run(
        [sys.executable, str(SMOKE), *who, address],
        input=accounts or "",
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(tuple(ENDS))]
    facts.cases = [
        (line.partition("  ")[2], state)
        for line in lines
        for mark, state in ENDS.items()
        if line.startswith(mark)
    ]
    facts.figures = share_of(facts.cases)
    facts.lines = [line for line in lines if line.startswith("WRONG")]
    if not facts.cases:
        raise NotRun(f"the smoke test came to no claim: {last_line(done.stderr)}")


@contextmanager
def platform(services: Session, parts: Parts | None) -> Iterator[tuple[str, str]]:
    """Yield the address of a platform that lives as long as we, and its demo's accounts as JSON."""
    with tempfile.TemporaryDirectory(prefix="nexus-grade-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o711)  # servers run as nobody where we are root
        environment = {**os.environ, "NEXUS_STATE_DIR": f"{folder}/state", "NO_COLOR": "1"}
        port, log = processes.free_port(), Path(folder) / "log"
        mine = ["--mine"] if parts else []
        with log.open("wb") as output:
            up = subprocess.Popen(
                [*NEXUS, "up", "--no-hub", "--port", str(port), *mine],
                env=environment,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        services.guard.tell("watch", up.pid)
        try:
            processes.wait_until(lambda: up.poll() is not None or b"Ready in" in log.read_bytes(), UP_S, 0.2)
            if b"Ready in" not in log.read_bytes():
                raise NotRun(why_not_ready(log, ended=up.poll() is not None))
            yield f"http://127.0.0.1:{port}/", accounts_of([*NEXUS, "manage"], environment)
        finally:
            up.terminate()
            up.wait()
            services.guard.tell("forget", up.pid)


def why_not_ready(log: Path, *, ended: bool) -> str:
    """Return in words why a platform did not come up, with the last it said."""
    how = "ended by itself" if ended else f"was not ready within {UP_S} s"
    last = last_line(log.read_text(errors="replace"))
    return f"./nexus up {how}. Run it by itself to see why; the last it said: {last}"


def accounts_of(manage: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Return the demo's accounts as JSON."""
    done = subprocess.run(
        [*manage, "demo_accounts", "--json"],
        env=environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        json.loads(done.stdout)
    except ValueError:
        raise NotRun(f"demo_accounts says no accounts: {last_line(done.stderr)}") from None
    return done.stdout


def in_containers(scene: Scene, facts: Facts) -> None:
    """Build the images, start them, wait until all are healthy, ask from outside, and take everything away."""
    if scene.is_mine:
        raise NotRun("the images hold our parts; --mine asks for the student's.")
    refuse_without_docker()
    port = processes.free_port()
    environment = {**os.environ, "API_PORT": str(port)}
    compose = ["docker", "compose", "-p", PROJECT]
    try:
        up = docker([*compose, "up", "-d", "--build", "--wait"], environment)
        if up.returncode:
            facts.lines = up.stderr.strip().splitlines()[-LINES:]
            raise NotRun(f"docker compose did not bring everything up: {last_line(up.stderr)}")
        claims(
            f"http://127.0.0.1:{port}/",
            accounts_of([*compose, "exec", "-T", "api", "manage"], environment),
            facts,
        )
    finally:
        docker([*compose, "down", "-v", "--remove-orphans"], environment)


def refuse_without_docker() -> None:
    """Raise ``NotRun`` where there is no Docker, or no engine that it reaches."""
    if not shutil.which("docker"):
        raise NotRun("there is no docker here: install Docker, with Compose.")
    if docker(["docker", "compose", "version"], os.environ).returncode:
        raise NotRun("docker has no Compose here: install its plugin.")
    if (info := docker(["docker", "info"], os.environ)).returncode:
        raise NotRun(f"docker reaches no engine, does it run? It says: {last_line(info.stderr)}")


def last_line(text: str) -> str:
    """Return the last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "nothing")


def docker(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one command of Docker's to its end."""
    return subprocess.run(
        command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=BUILD_S
    )
