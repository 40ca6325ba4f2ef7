"""Runs a lab's checks step by step and says how each ended: passed, failed, blocked or broken."""

import json
import os
import re
import subprocess
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, cast

from nexus import processes
from nexus.errors import NexusError
from nexus.labs.manifest import Lab, Step, lab_named
from nexus.labs.playground import Playground, lab_environment, new_text
from nexus.labs.workcopy import WorkCopy
from nexus.services import CHECKOUT, Session, checkout_state, session

RUNNER = [*processes.PYTHON_MODULE, "nexus.labs.runner"]
FRAME = re.compile(
    r'^  File "(.+?)", line (\d+)(?:,? in (.+))?\n((?: {4}.*\n)*)', re.MULTILINE
)  # a SyntaxError's has no "in"
TIMED_OUT = "Timeout ("

State = Literal["passed", "failed", "blocked", "broken"]


@dataclass(frozen=True)
class Result:
    """
    How one check ended.

    Of a failed one: what was ``expected``, what came (``actual``), the command with which to ``see`` it, why it
    matters, and the student's own ``traceback`` where their code raised. Of a broken one, which is never the
    student's fault: the checker's own words in ``traceback``.
    """

    check: str
    asks: str
    state: State
    expected: str = ""
    actual: str = ""
    see: str = ""
    why: str = ""
    traceback: str = ""


@dataclass(frozen=True)
class StepResult:
    """How a step's checks ended; a blocked one has none."""

    step: Step
    results: list[Result] = field(default_factory=list)

    @property
    def state(self) -> State:
        """Return the step's own state: broken where a check is, failed where one failed."""
        states = {result.state for result in self.results}
        return next((state for state in ("broken", "failed", "passed") if state in states), "blocked")

    @property
    def first_failure(self) -> Result | None:
        """Return the first check that did not pass."""
        return next((result for result in self.results if result.state != "passed"), None)


@dataclass(frozen=True)
class Bench:
    """Where checks run: the part, the environment that finds it first, the site, its server's log if we have it, a limit."""

    part: Path
    environment: Mapping[str, str]
    address: str
    target: str = "playground"
    log: Path | None = None
    limit_s: float = 30  # for one check


@contextmanager
def bench_on(lab: Lab, part: Path, services: Session) -> Iterator[Bench]:
    """
    Yield a bench on this part, with a playground of its own that ends with it. Raises ``PlaygroundDown``.

    Where the checks ask the part alone, nothing is served at the address, which their commands name.
    """
    log = services.state.logs / f"bench-{lab.id}-{os.getpid()}.log"
    playground = Playground(lab, part, processes.free_port(), log, services)
    is_served = lab.checks_ask == "site"
    try:
        if is_served and not playground.start():
            raise PlaygroundDown(log.read_text(errors="replace"), part)
        environment = lab_environment(lab, services, part)
        yield Bench(part, environment, playground.address, log=log if is_served else None)
    finally:
        playground.stop()
        log.unlink(missing_ok=True)


class PlaygroundDown(NexusError):
    """The playground does not start on a part; says where the part's own code failed, if it did."""

    def __init__(self, said: str, part: Path) -> None:
        own = students_traceback(said, part)
        super().__init__(f"the playground did not start.\n{own or said.strip()[-2000:]}")


def steps_passed(name: str) -> tuple[int, int]:
    """Return how many of a lab's steps the student's copy passes, and of how many."""
    lab = lab_named(name)
    work = WorkCopy(lab)
    if not work.exists() or any(work.faults()):
        return 0, len(lab.steps)
    with session(checkout_state()) as services:
        try:
            with bench_on(lab, work.part, services) as bench:
                done = [step.state == "passed" for step in check_steps(lab, lab.steps, bench)]
        except PlaygroundDown:
            done = []
    return sum(done), len(lab.steps)


def check_steps(lab: Lab, steps: Sequence[Step], bench: Bench, *, all_: bool = False) -> Iterator[StepResult]:
    """Yield the steps as their checks end. After the first that does not pass the others are blocked, unless ``all_``."""
    results = run_checks(lab, [name for step in steps for name in step.checks], bench)
    is_blocked = False
    try:
        for step in steps:
            done = StepResult(step, [] if is_blocked else [next(results) for _ in step.checks])
            is_blocked = is_blocked or (done.state != "passed" and not all_)
            yield done
    finally:
        results.close()


def run_checks(lab: Lab, names: Sequence[str], bench: Bench) -> Generator[Result]:
    """Yield each check's result as it ends; the process is begun again after a check that ended it."""
    waiting = list(names)
    while waiting:
        for result in run_until_it_ends(lab, waiting, bench):
            waiting.remove(result.check)
            yield result


def run_until_it_ends(lab: Lab, names: Sequence[str], bench: Bench) -> Iterator[Result]:
    """Run checks in one process; where that ends before they are done, the one it was at has failed or is broken."""
    process = subprocess.Popen(
        [*RUNNER, f"--limit={bench.limit_s}", lab.id, bench.target, bench.address, *names],
        env=bench.environment,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        logged, done = size(bench.log), 0
        for line in cast(IO[str], process.stdout):
            facts = json.loads(line)
            if "part" in facts:
                prove(facts["part"], bench.part)
                continue
            yield result_from(facts, bench, logged)
            logged, done = size(bench.log), done + 1
        if done < len(names):
            said = cast(IO[str], process.stderr).read()
            yield last_words(names[done], said, process.wait(), bench)
    finally:
        processes.end_group(process.pid, patience_s=1)
        process.communicate()


def prove(loaded: str, part: Path) -> None:
    """Raise ``NexusError`` where the checks run on another part than the one meant."""
    if Path(loaded) != part.resolve():
        raise NexusError(
            f"the checks were to run on {part} and would run on {loaded}: is PYTHONPATH set elsewhere?"
        )


def result_from(facts: dict[str, str], bench: Bench, logged: int) -> Result:
    """Return a result with the student's traceback: the check's own, or what their server logged meanwhile."""
    if facts["state"] == "broken":
        return Result(**facts)  # type: ignore[arg-type]  # the runner's words are the dataclass's
    text = facts.get("traceback") or (new_text(bench.log, logged) if bench.log else "")
    own = students_traceback(text, bench.part) if facts["state"] == "failed" else ""
    return Result(**{"expected": "no exception", **facts, "traceback": own})  # type: ignore[arg-type]


def last_words(name: str, said: str, code: int, bench: Bench) -> Result:
    """Return the result of the check at which the process ended: with the student's error, a time-out, or without a word."""
    own = students_traceback(said, bench.part)
    if said.strip() and not own:
        return Result(name, "", "broken", traceback=said.strip())
    actual = own.splitlines()[-1] if own else f"the process ended with exit code {code} while this check ran"
    actual = "it did not come to an end" if TIMED_OUT in said else actual
    return Result(name, "", "failed", "code that runs", actual, traceback=own)


def size(log: Path | None) -> int:
    """Return how long a log is by now."""
    return log.stat().st_size if log and log.exists() else 0


def students_traceback(text: str, part: Path) -> str:
    """Return the last traceback that went through the student's files, with their frames alone; "" where none did."""
    for block in reversed(
        re.split(r"^(?=Traceback \(most recent call last\):|Timeout \()", text, flags=re.MULTILINE)
    ):
        frames = list(FRAME.finditer(block))
        own = [frame for frame in frames if Path(frame[1]).resolve().is_relative_to(part.resolve())]
        if own:
            said = block[frames[-1].end() :].strip().splitlines()[:1]
            return "\n".join([*(shown_frame(frame) for frame in own), *said])
    return ""


def shown_frame(frame: re.Match[str]) -> str:
    """Return one frame of a traceback, its file named from the checkout."""
    file, line, function, lines = frame.groups()
    code = "".join(line for line in lines.splitlines(keepends=True) if line.strip(" ~^\n"))
    name = Path(file).relative_to(CHECKOUT) if Path(file).is_relative_to(CHECKOUT) else Path(file)
    inside = f", in {function}" if function else ""
    return f'  File "{name}", line {line}{inside}\n{code}'.rstrip()
