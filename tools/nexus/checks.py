"""Checks: programs that say yes or no. Run side by side, reported one by one, counted at the end."""

import os
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from nexus import processes
from nexus.services import CHECKOUT
from nexus.services.guard import Guard

STATES = {"skipped": "skipped", "failure": "failed", "error": "failed"}  # of a JUnit file's elements


@dataclass(frozen=True)
class Check:
    """
    One program to run.

    ``writes_junit``: it takes --junitxml, and what it found is counted one by one; else it counts as one.
    ``is_repeated``: at night it runs three times.
    """

    suite: str
    what: str
    command: Sequence[str]
    environment: Mapping[str, str]
    writes_junit: bool = False
    is_repeated: bool = False


@dataclass(frozen=True)
class Case:
    """How one test of a check ended: passed, failed or skipped, and in one line why."""

    name: str
    state: str
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a check."""

    check: Check
    seconds: float
    cases: Sequence[Case]
    output: str = ""

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return sum(case.state == "passed" for case in self.cases)

    @property
    def failed(self) -> int:
        """How many failed."""
        return sum(case.state == "failed" for case in self.cases)

    @property
    def skipped(self) -> list[str]:
        """What was skipped, and why."""
        return self.reasons("skipped")

    def reasons(self, state: str) -> list[str]:
        """Return the tests that ended so, each with its reason."""
        return [f"{case.name}: {case.reason}" for case in self.cases if case.state == state]


class Runner:
    """
    Runs checks side by side, as many as there are processors; ends them all when it is interrupted.
    """

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.groups: set[int] = set()
        self.is_ending = False
        self.lock = threading.Lock()

    def run(self, checks: Sequence[Check], tell: Callable[[Outcome], None] | None = None) -> list[Outcome]:
        """Run every check and tell of each as it ends; unless somebody else tells, by printing its output."""
        outcomes = []
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            futures: list[Future[Outcome]] = [pool.submit(self.run_one, check) for check in checks]
            try:
                for future in as_completed(futures):
                    outcomes.append(future.result())
                    (tell or report)(outcomes[-1])
            except BaseException:
                self.end_all(futures)
                raise
        return outcomes

    def run_one(self, check: Check) -> Outcome:
        """Run one check to its end."""
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="nexus-") as folder:
            junit, output = Path(folder) / "junit.xml", Path(folder) / "output"
            command = [*check.command, *[f"--junitxml={junit}"] * check.writes_junit]
            code = self.exit_code(command, check.environment, output)
            cases = cases_of(junit) if junit.exists() else []
            if (code and not any(case.state == "failed" for case in cases)) or not junit.exists():
                # a crash, or no test at all, is a failure even where none failed
                reason = f"exit code {code}; its output stands above" if code else ""
                cases.append(Case(f"{check.suite}: {check.what}", "failed" if code else "passed", reason))
            return Outcome(check, time.monotonic() - started, cases, output.read_text(errors="replace"))

    def exit_code(self, command: Sequence[str], environment: Mapping[str, str], output: Path) -> int:
        """Run a program of a process group of its own, so that all it started can be ended with it."""
        with self.lock, output.open("w") as file:
            if self.is_ending:
                return 1
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
            self.groups.add(process.pid)
            self.guard.tell("watch", process.pid)
        code = process.wait()
        with self.lock:
            self.groups.discard(process.pid)
            self.guard.tell("forget", process.pid)
        return code

    def end_all(self, futures: Sequence[Future[Outcome]]) -> None:
        """End what runs, begin nothing more."""
        with processes.undisturbed(), self.lock:
            self.is_ending = True
            for future in futures:
                future.cancel()
            groups = set(self.groups)
        for group in groups:
            processes.end_group(group)


def cases_of(junit: Path) -> list[Case]:
    """Return how each test ended."""
    found = []
    for case in ET.parse(junit).iter("testcase"):  # noqa: S314 -- reads only what our own pytest wrote
        name = f"{case.get('classname')}.{case.get('name')}"
        endings = {ending.tag: ending.get("message", "") for ending in case}
        state = next((state for tag, state in STATES.items() if tag in endings), "passed")
        said = next((endings[tag] for tag in STATES if tag in endings), "")
        found.append(Case(name, state, said if state == "skipped" else first_line(said)))
    return found


def first_line(text: str) -> str:
    """Return the first line that says something, cut to what a terminal shows in two."""
    return next((line.strip()[:200] for line in text.splitlines() if line.strip()), "")


def report(outcome: Outcome) -> None:
    """Print one check's output under a heading that tells how it ended."""
    word = "FAILED" if outcome.failed else "passed"
    print(f"\n── {outcome.check.suite}: {outcome.check.what} — {word} in {outcome.seconds:.1f} s", flush=True)
    print(outcome.output.strip(), flush=True)


def conclude(outcomes: Sequence[Outcome]) -> int:
    """Print the table and the totals; return the exit code."""
    skipped = [reason for outcome in outcomes for reason in outcome.skipped]
    print()
    print_table(
        ["suite", "what", "passed", "failed", "skipped", "seconds"],
        [
            [
                o.check.suite,
                o.check.what,
                str(o.passed),
                str(o.failed),
                str(len(o.skipped)),
                f"{o.seconds:.1f}",
            ]
            for o in sorted(outcomes, key=lambda outcome: (outcome.check.suite, outcome.check.what))
        ],
    )
    for reason in skipped:
        print(f"skipped: {reason}")
    for outcome in outcomes:
        for reason in outcome.reasons("failed"):
            print(f"FAILED: {reason}")
    failed = sum(outcome.failed for outcome in outcomes)
    print(
        f"\n{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed, {len(skipped)} skipped",
        flush=True,
    )
    return 1 if failed else 0


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: with lines and colours on a terminal, plain columns elsewhere."""
    if sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415 -- a tenth of a second that most commands need not wait for
        from rich.table import Table  # noqa: PLC0415

        table = Table(*heads, show_header=any(heads))
        for row in rows:
            table.add_row(*row)
        Console().print(table)
        return
    for line in plain_lines(heads, rows):
        print(line, flush=True)


def plain_lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as columns of plain text; without the line of heads where all are empty."""
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in ([heads, *rows] if any(heads) else rows)
    ]
