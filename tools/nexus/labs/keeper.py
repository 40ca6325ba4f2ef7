"""
Keeps a lab's playground running on a student's part, in the background: ``./nexus lab start`` starts it, ``stop`` ends it.

It serves what was saved last: it restarts the server when a file of the work copy changes, and notes in a status file
which revision is served. So a command that a failed check prints meets the code that was checked.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from nexus import ports, processes
from nexus.errors import NexusError, Stopped
from nexus.labs.manifest import Lab, lab_named
from nexus.labs.playground import Playground
from nexus.labs.workcopy import WorkCopy
from nexus.processes import stop_on_signals
from nexus.services import CHECKOUT, State, checkout_state, session

LOOK_S = 0.2
START_S = 90
STOP_S = 30
GONE_S = 5  # a work copy that is gone for longer is not being begun anew
USUAL_PORT = 8010
MARK = "nexus.labs.keeper"


@dataclass(frozen=True)
class Status:
    """What the keeper says of itself: which revision of the work copy is served, or why none is."""

    pid: int
    port: int
    log: str
    revision: str = ""
    is_serving: bool = False

    @property
    def address(self) -> str:
        """Return where the playground is."""
        return f"http://127.0.0.1:{self.port}"


def status_file(state: State, lab: str) -> Path:
    """Return where the keeper of a lab notes its status."""
    return state.folder / f"lab-{lab}.json"


def status_of(lab: str) -> Status | None:
    """Return the status of a lab's keeper; None where none runs."""
    try:
        status = Status(**json.loads(status_file(checkout_state(), lab).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return status if processes.is_running(status.pid, MARK) else None


def ensure(lab: Lab, port: int | None = None) -> Status:
    """Return the status of a lab's keeper, started where none runs. Raises ``NexusError`` where it cannot."""
    state = checkout_state()
    state.make()
    with (state.folder / f"lab-{lab.id}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two starts at once, one waits and finds it running
        status = status_of(lab.id)
        if status is None:
            return begin(lab, port, state)
    if port not in (None, status.port):
        raise NexusError(
            f"the playground of {lab.id} runs at {status.address} already: ./nexus lab stop {lab.id} ends it."
        )
    return status


def begin(lab: Lab, port: int | None, state: State) -> Status:
    """Start a lab's keeper and return its status once it has tried to serve. Raises ``NexusError``."""
    if port is not None:
        ports.choose("--port", port, USUAL_PORT, ())  # refuses one that is taken
    log = state.logs / f"lab-{lab.id}-keeper.log"
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [*processes.PYTHON_MODULE, MARK, lab.id, *([str(port)] if port else [])],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    processes.wait_until(lambda: keeper.poll() is not None or status_of(lab.id) is not None, START_S)
    status = status_of(lab.id)
    if status is None:
        keeper.terminate()
        raise NexusError(
            f"the playground of {lab.id} did not start: {log.read_text(errors='replace').strip()[-2000:]}"
        )
    return status


def served(lab: Lab, work: WorkCopy) -> Status:
    """Return the keeper's status once it has tried what is saved. Raises ``NexusError`` where it ends or takes too long."""
    status = status_of(lab.id)
    deadline = time.monotonic() + START_S
    while status is not None and status.revision != work.revision():  # which may change meanwhile
        if time.monotonic() > deadline:
            raise NexusError(
                f"the playground did not take up your last change within {START_S} s; its log: {status.log}"
            )
        time.sleep(LOOK_S)
        status = status_of(lab.id)
    if status is None:
        log = checkout_state().logs / f"lab-{lab.id}-keeper.log"
        raise NexusError(
            f"the playground's keeper ended; its log is {log}. Start it: ./nexus lab start {lab.id}"
        )
    return status


def restart(lab: str) -> None:
    """Have the server started anew, whatever it is busy with."""
    if status := status_of(lab):
        os.kill(status.pid, signal.SIGUSR1)


def stop(lab: str) -> bool:
    """End a lab's keeper and all it started; tell whether one ran."""
    status = status_of(lab)
    if status is None:
        return False
    processes.end(status.pid, MARK, signal.SIGTERM, patience_s=STOP_S)
    status_file(checkout_state(), lab).unlink(missing_ok=True)
    return True


def keep(lab: Lab, asked: int | None) -> None:
    """Serve until a signal ends it, or the work copy is gone: on the port that was asked for, or on whichever is free."""
    work, state, again = WorkCopy(lab), checkout_state(), threading.Event()
    signal.signal(signal.SIGUSR1, lambda _number, _frame: again.set())
    file, log = status_file(state, lab.id), state.logs / f"lab-{lab.id}.log"
    with session(state) as services:
        port = asked or ports.choose("--port", None, USUAL_PORT, ())
        playground = Playground(lab, work.part, port, log, services)
        tried, is_serving, gone_s = "", False, 0.0
        try:
            while gone_s < GONE_S:
                revision, has_ended = work.revision(), is_serving and not playground.is_running()
                gone_s = 0.0 if work.exists() else gone_s + LOOK_S
                if not gone_s and (revision != tried or has_ended or again.is_set()):
                    again.clear()
                    is_serving, tried = start(playground, is_asked=asked is not None), revision
                    write(file, Status(os.getpid(), playground.port, str(log), tried, is_serving))
                again.wait(LOOK_S)
        finally:
            with processes.undisturbed():
                playground.stop()
                file.unlink(missing_ok=True)


def start(playground: Playground, *, is_asked: bool) -> bool:
    """Start the server, on the next free port where somebody was faster and this one was not asked for; tell whether it serves."""
    while not playground.start():
        if is_asked or ports.is_free(playground.port):
            return False  # the student's code ended it
        playground.port = ports.choose("--port", None, playground.port + 1, ())
    return True


def write(file: Path, status: Status) -> None:
    """Write the status in one step."""
    half_written = file.with_suffix(".new")
    half_written.write_text(json.dumps(asdict(status)))
    half_written.replace(file)


def main(name: str, port: str = "") -> int:
    """Keep one lab's playground."""
    stop_on_signals()
    try:
        keep(lab_named(name), int(port) if port else None)
    except NexusError as error:
        print(f"nexus: {error}", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
