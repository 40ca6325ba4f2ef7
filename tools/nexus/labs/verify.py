"""
The proof that a lab is honest.

1. The solution passes every check.
2. With one step undone its own checks fail, by what they ask for, and those of every step before it pass.
3. Every wrong solution is caught by exactly the check it names, in the words recorded beside it.
4. Checks, regions, hints and links are what the manifest says, and the README shows what ``show.py`` prints.
5. No process, port or file is left behind.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent
from typing import TypeVar

from nexus import checks, ports, processes
from nexus.labs import links, report, wrong
from nexus.labs.checker import Result, StepResult, bench_on, check_steps
from nexus.labs.manifest import Lab, Step, lab_named, labs, shown
from nexus.labs.playground import WITH_PART, lab_environment
from nexus.labs.workcopy import copy_part, strip
from nexus.services import CHECKOUT, Session, new_ephemeral_state, session

HEADS = ["lab", "what", "proven", "of", "seconds"]
NO_ASSERTION = ("none within", "did not come to an end", "nobody listens", "the connection ended")
Thing = TypeVar("Thing")


@dataclass
class Trial:
    """Tries of one lab on variants of its part, each a copy of its own in ``folder``."""

    lab: Lab
    services: Session
    folder: Path
    still_served: list[int] = field(default_factory=list)

    def run(self, steps: Sequence[Step], change: Callable[[Path], None]) -> tuple[list[StepResult], Path]:
        """Run these steps' checks on a changed copy of the part; return how they ended, and the copy."""
        part = copy_part(self.lab, Path(tempfile.mkdtemp(dir=self.folder)))
        change(part)
        with bench_on(self.lab, part, self.services) as bench:
            results = list(check_steps(self.lab, steps, bench, all_=True))
        port = int(bench.address.rpartition(":")[2])
        self.still_served += [port] * ports.is_listening(port)  # at once: later another program may have it
        return results, part

    def solution(self, _round: int) -> Iterator[str]:
        """Yield every check that our own part fails."""
        results, _ = self.run(self.lab.steps, lambda _part: None)
        yield from (f"{result.check}: {result.actual or result.traceback}" for result in not_passed(results))

    def undone(self, step: Step) -> Iterator[str]:
        """Yield what is wrong where only this step is undone."""
        results, _ = self.run([*self.lab.before(step.id), step], lambda part: strip(part, [step]))
        yield from (
            f"{step.id}: {result.check} of an earlier step fails" for result in not_passed(results[:-1])
        )
        for result in results[-1].results:
            if result.state != "failed" or any(words in result.actual for words in NO_ASSERTION):
                said = result.actual or result.traceback
                yield f"{step.id}: {result.check} must fail by what it asks for; it {result.state}: {said}"
            elif result.traceback and f"NotImplementedError: {step.id}: " not in result.traceback:
                yield f"{step.id}: {result.check} fails for another reason: {result.traceback}"

    def wrong(self, one: wrong.Wrong, *, record: bool) -> Iterator[str]:
        """Yield what is wrong about how a wrong solution is caught."""
        results, part = self.run([*self.lab.before(one.step.id), one.step], one.apply)
        caught = not_passed(results)
        if [(result.check, result.state) for result in caught] != [(one.caught_by, "failed")]:
            by = ", ".join(f"{result.check} ({result.state})" for result in caught) or "nothing"
            yield f"{shown(one.file)}: to be caught by {one.caught_by} alone, and is by {by}"
            return
        text = "\n".join(report.failure_lines(self.lab, one.step, caught[0])) + "\n"
        said = wrong.same_each_time(text, self.lab, part)
        if record:
            one.recorded.write_text(said)
        if not one.recorded.exists() or one.recorded.read_text() != said:
            yield f"{shown(one.recorded)} is not what the checker says (./nexus lab verify --record writes it):\n{said}"

    def readme(self, _lab: Lab) -> Iterator[str]:
        """Yield where the README shows something else than ``show.py`` prints."""
        done = subprocess.run(
            [*WITH_PART, self.lab.package, str(self.lab.part), f"{self.lab.id}_playground.show"],
            env=lab_environment(self.lab, self.services, self.lab.part),
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            yield f"show.py ended with exit code {done.returncode}: {done.stderr.strip()[-1000:]}"
        elif done.stdout.strip() not in (self.lab.folder / "README.md").read_text():
            yield f"{shown(self.lab.folder)}/README.md does not show what show.py prints:\n{done.stdout}"

    def leftovers(self) -> Iterator[str]:
        """Yield each port that was still served when its bench had ended, and each process that works in our folder."""
        yield from (f"port {port} is still served" for port in self.still_served)
        running = processes.output_of("ps", "-A", "-ww", "-o", "command=").splitlines()
        yield from (f"still running: {line}" for line in running if str(self.folder) in line)


def not_passed(results: Sequence[StepResult]) -> list[Result]:
    """Return the results of the checks that did not pass."""
    return [result for step in results for result in step.results if result.state != "passed"]


@dataclass
class Proof:
    """One thing that must hold of a lab: of how many it was tried, and what is wrong."""

    what: str
    tried: int
    faults: list[str]
    seconds: float


def prove(what: str, things: Sequence[Thing], faults_of: Callable[[Thing], Iterator[str]]) -> Proof:
    """Try each thing and return what came of it."""
    started, faults = time.monotonic(), []
    for thing in things:
        found = list(faults_of(thing))
        faults += ["\n".join(found)] * bool(found)
    return Proof(what, len(things), faults, time.monotonic() - started)


def proofs(lab: Lab, rounds: int, *, record: bool) -> Iterator[Proof]:
    """Yield the proofs of one lab, on services of its own."""
    files, wrongs = files_of(lab), wrong.solutions(lab)
    yield prove(
        "every check, page and symbol the manifest names exists",
        list(links.findings(lab)),
        lambda one: iter([one] if one else []),
    )
    with tempfile.TemporaryDirectory(prefix="nexus-verify-") as folder:
        with session(new_ephemeral_state()) as services:
            trial = Trial(lab, services, Path(folder))
            yield prove("the solution passes every check", range(rounds), trial.solution)
            yield prove("a step undone fails for that reason, those before it pass", lab.steps, trial.undone)
            yield prove(
                "a wrong solution is caught by the check it names, in the recorded words",
                wrongs,
                lambda one: trial.wrong(one, record=record),
            )
            yield prove("the README shows what show.py prints", [lab], trial.readme)
        yield prove("no process and no port is left behind", [trial], Trial.leftovers)
    new = [f"{name} is left behind" for name in sorted(files_of(lab) - files)]
    yield prove("no file is left behind", [lab], lambda _lab: iter([] if record else new))


def files_of(lab: Lab) -> set[str]:
    """Return the files of a lab's folder."""
    return {
        str(file.relative_to(CHECKOUT)) for file in lab.folder.rglob("*") if "__pycache__" not in file.parts
    }


def verify(chosen: Sequence[Lab], *, rounds: int, record: bool, junit: Path | None = None) -> int:
    """Prove every lab, print what is wrong and the summary; return the exit code. ``junit``: write each try as a test case."""
    found = [(lab, proof) for lab in chosen for proof in shown_as_it_ends(lab, rounds, record=record)]
    rows = [
        [lab.id, proof.what, str(proof.tried - len(proof.faults)), str(proof.tried), f"{proof.seconds:.1f}"]
        for lab, proof in found
    ]
    checks.print_table(HEADS, rows)
    tried, failed = (sum(of) for of in zip(*((p.tried, len(p.faults)) for _, p in found), strict=True))
    print(f"\n{tried - failed} passed, {failed} failed", flush=True)
    if junit:
        write_junit(junit, found)
    return 1 if failed else 0


def shown_as_it_ends(lab: Lab, rounds: int, *, record: bool) -> Iterator[Proof]:
    """Yield the proofs of a lab, each with what is wrong printed as it ends."""
    for proof in proofs(lab, rounds, record=record):
        for fault in proof.faults:
            print(f"{lab.id}: not so: {proof.what}\n{indent(fault, '  ')}\n", flush=True)
        yield proof


def write_junit(file: Path, found: Sequence[tuple[Lab, Proof]]) -> None:
    """Write every try as a test case, so that the summary of ./nexus test counts them."""
    suite = ET.Element("testsuite")
    for lab, proof in found:
        for number in range(proof.tried):
            case = ET.SubElement(suite, "testcase", classname=lab.id, name=f"{proof.what} {number + 1}")
            if number < len(proof.faults):
                ET.SubElement(case, "failure", message=proof.faults[number])
    ET.ElementTree(suite).write(file)


def main() -> int:
    """Prove the labs named on the command line, all where none is."""
    parser = argparse.ArgumentParser(prog="python -m nexus.labs.verify")
    parser.add_argument("labs", nargs="*")
    parser.add_argument("--junitxml", type=Path)
    asked = parser.parse_args()
    rounds = 3 if os.environ.get("NEXUS_ALL") else 1
    chosen = [lab_named(name) for name in asked.labs] or labs()
    return verify(chosen, rounds=rounds, record=False, junit=asked.junitxml)


if __name__ == "__main__":
    sys.exit(main())
