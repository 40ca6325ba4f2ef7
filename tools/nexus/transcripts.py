"""
The terminal sessions that pages show, recorded from real runs: ``./nexus docs record`` runs them and writes ``docs/transcripts/``.

``./nexus docs check`` runs them again and compares exactly. A session has a work folder and services of its own.
"""

import difflib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nexus import noise
from nexus.errors import NexusError, Stopped
from nexus.labs.manifest import lab_named, shown
from nexus.labs.regions import put
from nexus.labs.workcopy import solution
from nexus.processes import PYTHON_MODULE, free_port, stop_on_signals
from nexus.services import CHECKOUT

FOLDER = CHECKOUT / "docs/transcripts"
NEXUS = [*PYTHON_MODULE, "nexus"]
LEFT_OUT = "…"


@dataclass(frozen=True)
class Run:
    """A command of ./nexus and the exit code it ends with; of its output the lines that match ``keep``, all where it is empty."""

    words: str
    code: int = 0
    keep: str = ""
    serves: bool = False  # on a port that nobody else will choose meanwhile; it is told as the usual one

    def lines(self, _work: Path, environment: dict[str, str]) -> Iterator[str]:
        """Run it and yield what a terminal shows. Raises ``NexusError`` where it ends otherwise."""
        port = ["--port", str(free_port())] if self.serves else []
        done = subprocess.run(
            [*NEXUS, *self.words.split(), *port],
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != self.code:
            raise NexusError(
                f"./nexus {self.words} ended with exit code {done.returncode}, not {self.code}:\n{done.stdout}"
            )
        yield f"$ ./nexus {self.words}"
        yield from kept(done.stdout.rstrip().splitlines(), self.keep)


@dataclass(frozen=True)
class Write:
    """The student writes one step, and writes what we would."""

    lab: str
    step: str

    def lines(self, work: Path, _environment: dict[str, str]) -> Iterator[str]:
        """Write it and yield the command that opens the files."""
        lab = lab_named(self.lab)
        step = lab.step(self.step)
        for name in step.regions:
            put(work / lab.id / lab.package, name, solution(lab, name))
        files = dict.fromkeys(lab.regions[name].file.relative_to(lab.part) for name in step.regions)
        yield f"$ $EDITOR {' '.join(f'work/{lab.id}/{lab.package}/{file}' for file in files)}"


SESSIONS: dict[str, dict[str, Sequence[Run | Write]]] = {
    "lab-session": {
        "list": [Run("lab")],
        "start": [Run("lab start rest", serves=True)],
        "fail": [Run("lab check rest", code=1)],
        "hint": [Run("lab hint rest")],
        "write": [Write("rest", "problem-document"), Run("lab diff rest")],
        "again": [
            Run("lab check rest", code=1, keep=r"^(passed|FAILED|waiting|\d+ of)|  (asked|expected|actual)")
        ],
        "ahead": [Run("lab reset rest --solved-until idempotency")],
        "last": [Write("rest", "idempotency"), Run("lab check rest")],
        "mine": [
            Run(
                "test --mine capstone/tests/catalog/test_curating.py",
                keep=r"^nexus: parts|^\d+ passed,",
            )
        ],
        "stop": [Run("lab stop rest")],
    }
}


def kept(lines: Sequence[str], pattern: str) -> Iterator[str]:
    """Yield the lines that match, with ``…`` where others are left out; all where there is no pattern."""
    was_left_out = False
    for line in lines:
        if re.search(pattern, line):
            yield line
        elif not was_left_out:
            yield LEFT_OUT
        was_left_out = not re.search(pattern, line)


def recorded(name: str) -> str:
    """Run a session and return its text, a named region for each of its parts."""
    with tempfile.TemporaryDirectory(prefix="nexus-session-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o711)  # servers run as nobody where we are root
        work = Path(folder) / "work"
        environment = {
            **os.environ,
            "NEXUS_WORK_DIR": str(work),
            "NEXUS_STATE_DIR": f"{folder}/state",
            "NO_COLOR": "1",
        }
        try:
            lines = [line for part in SESSIONS[name] for line in part_lines(name, part, work, environment)]
        finally:
            subprocess.run(
                [*NEXUS, "lab", "stop"], cwd=CHECKOUT, env=environment, capture_output=True, check=False
            )
    text = "\n".join([*lines, ""]).replace(str(work), "work").replace(f"{CHECKOUT}/", "")
    return noise.same_each_time(text)


def part_lines(name: str, part: str, work: Path, environment: dict[str, str]) -> Iterator[str]:
    """Yield the lines of one part of a session between its marks."""
    yield f"# --8<-- [start:{part}]"
    for entry in SESSIONS[name][part]:
        yield from entry.lines(work, environment)
    yield f"# --8<-- [end:{part}]"


def record() -> None:
    """Run every session and write what came of it."""
    FOLDER.mkdir(exist_ok=True)
    for name in SESSIONS:
        file = FOLDER / f"{name}.txt"
        file.write_text(recorded(name))
        print(f"wrote {shown(file)}", flush=True)


def check() -> int:
    """Run every session, print where it differs from what is recorded, and return the exit code."""
    faults = [line for name in SESSIONS for line in differences(FOLDER / f"{name}.txt", recorded(name))]
    print("\n".join(faults) or "every session runs as it is recorded", flush=True)
    if faults:
        print("\nIf it is meant so: ./nexus docs record writes the sessions anew.", flush=True)
    return 1 if faults else 0


def differences(file: Path, fresh: str) -> Iterator[str]:
    """Yield what a run printed otherwise than its record, as a unified diff."""
    known = file.read_text() if file.exists() else ""
    yield from difflib.unified_diff(
        known.splitlines(), fresh.splitlines(), f"{shown(file)}", "this run", lineterm="", n=1
    )


def main() -> int:
    """Check; whatever ends us, the playground that a session left running ends too."""
    stop_on_signals()
    try:
        return check()
    except NexusError as error:
        print(f"nexus: {error}", file=sys.stderr)
        return 1
    except Stopped as stopped:
        return stopped.exit_code


if __name__ == "__main__":
    sys.exit(main())
