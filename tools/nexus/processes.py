"""Other processes: who they are, starting them, ending them, and not dying half-way through that."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from nexus.errors import Stopped

PYTHON_MODULE = [sys.executable, "-P", "-m"]  # -P: what lies in the current folder shadows nothing
GIVEN_TO_NOBODY = range(20_000, 32_000)  # ports
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def command_line(pid: int) -> str:
    """Return a process's command line; "" where it is gone, a zombie, or nobody's business of ours."""
    if sys.platform == "linux":
        try:
            return (
                Path(f"/proc/{pid}/cmdline")
                .read_bytes()
                .replace(b"\0", b" ")
                .decode(errors="replace")
                .strip()
            )
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return ""
    status, _, command = output_of("ps", "-ww", "-o", "stat=,command=", "-p", str(pid)).partition(" ")
    return "" if status.startswith("Z") else command.strip()


def is_running(pid: int, mark: str) -> bool:
    """Tell whether this process lives and is the one meant: a number alone may have been given to another."""
    return mark in command_line(pid)


def end(pid: int, mark: str, *signals_in_turn: signal.Signals, patience_s: float = 15) -> None:
    """End one process: each signal in turn, ``patience_s`` apart, the last being SIGKILL."""
    for number in (*signals_in_turn, signal.SIGKILL):
        if not is_running(pid, mark):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_until(lambda: not is_running(pid, mark), patience_s):
            return


def end_group(pid: int, patience_s: float = 5) -> None:
    """End a process and all it started: politely, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, number)
        except (ProcessLookupError, PermissionError):
            return
        if wait_until(lambda: not group_is_running(pid), patience_s):
            return


def group_is_running(pid: int) -> bool:
    """Tell whether a process group still has a member that is more than a zombie: not every PID 1 reaps them."""
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    if sys.platform == "linux":
        members = [stat_fields(path) for path in Path("/proc").glob("[0-9]*/stat")]
    else:
        members = [line.split() for line in output_of("ps", "-A", "-o", "stat=,ppid=,pgid=").splitlines()]
    return any(state[0] not in "ZX" and int(group) == pid for state, _, group, *_ in members)


def stat_fields(path: Path) -> list[str]:
    """Return state, parent, group and so on of a process on Linux, as proc(5) lists them."""
    try:
        return path.read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["X", "0", "0"]  # ended since the folder was listed


def output_of(*command: str) -> str:
    """Return what a program prints; a failure of these means that there is nothing to list."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def wait_until(condition: Callable[[], bool], limit_s: float, step_s: float = 0.02) -> bool:
    """Poll a condition; tell whether it came true in time."""
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step_s)
    return True


def free_port(preferred: int = 0) -> int:
    """
    Return the preferred port of 127.0.0.1 where it is free, else another that is.

    The other is none of those that Linux and macOS give to whoever connects: until its server listens, a connection of
    somebody else would take it.
    """
    for port in [preferred] * bool(preferred) + random.sample(GIVEN_TO_NOBODY, 100):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                candidate.bind(("127.0.0.1", port))
                return port
    raise OSError("no free port on 127.0.0.1")


def stop_on_signals() -> None:
    """Turn SIGTERM and SIGHUP into ``Stopped``, as Python turns SIGINT into ``KeyboardInterrupt``."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise Stopped(number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore Ctrl-C, SIGTERM and SIGHUP while cleaning up: an impatient second Ctrl-C must leave nothing behind."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def run_in_foreground(
    command: Sequence[str], environment: Mapping[str, str], tell_guard: Callable[[str, int], None]
) -> int:
    """
    Run a command that owns the terminal and return its exit code.

    Ctrl-C reaches it from the terminal itself; SIGTERM and SIGHUP are passed on.
    """
    child = subprocess.Popen(command, env=environment)
    tell_guard("watch", child.pid)
    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    for number in (signal.SIGTERM, signal.SIGHUP):
        before[number] = signal.signal(number, lambda passed_on, _frame: child.send_signal(passed_on))
    try:
        code = child.wait()
        tell_guard("forget", child.pid)
    finally:
        for number, action in before.items():
            signal.signal(number, action)
    return code if code >= 0 else 128 - code
