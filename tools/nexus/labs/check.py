"""``./nexus lab check``: what still stands between a student's copy and the lab's promises."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from nexus import ports
from nexus.errors import NexusError
from nexus.labs import keeper, progress, report
from nexus.labs.checker import Bench, Result, StepResult, check_steps, students_traceback
from nexus.labs.checking import NO_ANSWER
from nexus.labs.manifest import Lab, Step, shown
from nexus.labs.playground import lab_environment, new_text
from nexus.labs.workcopy import WorkCopy
from nexus.ready import responds
from nexus.services import Session, checkout_state, session

LOOK_S = 0.2
BROKEN = 3


@dataclass(frozen=True)
class Wanted:
    """What was asked for: steps up to ``until``, at ``base_url`` instead of our own playground, all or up to a failure."""

    until: Step | None = None
    base_url: str | None = None
    all_: bool = False
    as_json: bool = False

    def steps(self, lab: Lab) -> list[Step]:
        """Return the steps that are checked."""
        return lab.steps[: lab.steps.index(self.until) + 1] if self.until else lab.steps


class NotLoaded(Exception):
    """The student's code does not load, so that no promise can be checked; or, where ``result`` is broken, ours does not."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.actual)
        self.result = result


def check(lab: Lab, wanted: Wanted) -> int:
    """Check once; return 0 where all passed, 1 where something failed, 3 where a check itself is broken."""
    work = WorkCopy(lab).existing()
    with session(checkout_state()) as services:
        return run(lab, work, wanted, services)


def watch(lab: Lab, wanted: Wanted) -> None:
    """Check now and after each change, until Ctrl-C."""
    work, seen = WorkCopy(lab).existing(), ""
    with session(checkout_state()) as services:
        while True:
            revision = work.revision()
            if revision == seen:
                time.sleep(LOOK_S)
                continue
            seen = revision
            print(f"\n── {time.strftime('%H:%M:%S')}", flush=True)
            run(lab, work, wanted, services)
            print(f"\nWatching {shown(work.part)}; Ctrl-C ends it.", flush=True)


def run(lab: Lab, work: WorkCopy, wanted: Wanted, services: Session) -> int:
    """Check, print, note what passes, and return the exit code."""
    tell: Callable[[str], None] = (lambda _text: None) if wanted.as_json else partial(print, flush=True)
    done: list[StepResult] = []
    fault = None
    try:
        bench = bench_for(lab, work, wanted, services)
        tell(f"{lab.id}: {shown(work.part)}, served at {bench.address}\n")
        for one in check_steps(lab, wanted.steps(lab), bench, all_=wanted.all_):
            done.append(one)
            if one.state != "blocked":
                tell("\n".join(report.step_lines(lab, one)))
    except NotLoaded as error:
        fault = error.result
        done = [StepResult(step) for step in wanted.steps(lab)]
        tell("\n".join(report.not_loaded_lines(fault)))
    if wanted.base_url is None and any(NO_ANSWER in result.actual for one in done for result in one.results):
        keeper.restart(lab.id)  # a request that never ends would go on beside the next one
    if not fault:
        passes = {one.step.id: one.state == "passed" for one in done if one.state in {"passed", "failed"}}
        progress.note_states(lab, passes)
    tell("\n".join(closing_lines(lab, done)))
    if wanted.as_json:
        print(json.dumps(report.as_json(lab, str(shown(work.part)), done, fault), indent=1))
    states = {one.state for one in done} | ({fault.state} if fault else set())
    return BROKEN if "broken" in states else int(states != {"passed"})


def bench_for(lab: Lab, work: WorkCopy, wanted: Wanted, services: Session) -> Bench:
    """Return where to check. Raises ``NotLoaded``."""
    if faults := list(work.faults()):
        asks = "Every file of your part is there, and is Python."
        raise NotLoaded(Result("loads", asks, "failed", "files that load", "\n".join(faults)))
    environment = lab_environment(lab, services, work.part)
    if wanted.base_url is not None:
        return Bench(work.part, environment, reachable(wanted.base_url))
    keeper.ensure(lab)
    status = keeper.served(lab, work)
    log = Path(status.log)
    if status.is_serving:
        return Bench(work.part, environment, status.address, log=log)
    if not ports.is_free(status.port):
        raise NexusError(
            f"port {status.port} was taken meanwhile by {ports.holder(status.port)}: ./nexus lab stop {lab.id}, "
            f"then ./nexus lab start {lab.id} takes one that is free."
        )
    raise NotLoaded(not_served(lab, work, log))


def not_served(lab: Lab, work: WorkCopy, log: Path) -> Result:
    """Return why the playground does not start: by the student's code, or a name that it lacks; else it is not their fault."""
    said, asks = new_text(log, 0).strip(), "The playground starts on your part."
    own, last = students_traceback(said, work.part), (said.splitlines() or [""])[-1]
    if own or lab.package in last:
        return Result("loads", asks, "failed", "a server", last, traceback=own)
    if "Traceback" in said:
        return Result("loads", asks, "broken", traceback=said[-2000:])
    ended = last or "the playground ended before it served"
    return Result("loads", asks, "failed", "a server", f"{ended}; its log is {shown(log)}")


def reachable(base_url: str) -> str:
    """Return the address. Raises ``NexusError`` where it is none, or nobody answers there."""
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise NexusError(f"--base-url {base_url}: give an address such as http://127.0.0.1:8010")
    if not responds(base_url):
        raise NexusError(f"--base-url {base_url}: nobody answers there. Start it, or leave --base-url out.")
    return base_url.rstrip("/")


def closing_lines(lab: Lab, done: Sequence[StepResult]) -> Iterator[str]:
    """Yield what waits, the count, and what to do next."""
    if waiting := [one.step for one in done if one.state == "blocked"]:
        yield report.waiting_line(waiting)
    passed = sum(one.state == "passed" for one in done)
    yield ""
    yield f"{passed} of {len(lab.steps)} steps passed"
    failed = next((one.step for one in done if one.state == "failed"), None)
    if failed:
        regions = {region: lab.regions[region].file.relative_to(lab.part) for region in failed.regions}
        places = ", ".join(f"{name} in {file}" for name, file in regions.items())
        yield f"Your turn: {places}. Stuck? ./nexus lab hint {lab.id}"
    elif passed == len(lab.steps):
        yield "Your part is whole: ./nexus up --mine runs the capstone on it."
