"""The kinds of evidence, and how each is gathered: by the very commands that everybody else runs."""

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nexus import coverage_of, drill, lint, load, test
from nexus.checks import Check, Outcome, Runner
from nexus.errors import NexusError
from nexus.grade import outside
from nexus.grade.facts import Facts, NotRun, share_of
from nexus.grade.scene import Scene
from nexus.labs import progress
from nexus.labs.checker import steps_passed
from nexus.labs.manifest import labs
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT

CONTRACT = ["capstone/tests/contract", "capstone/tests/config/test_routes.py"]
PROOF = "lab verify"  # as `./nexus test` calls it
SHOWN = 20  # lines of what failed
SUBJECT = re.compile(r"(feat|fix|docs|test|refactor|perf|chore|build|ci|style|revert)(\([\w-]+\))?!?: .")
SUBJECT_LENGTH = 72
COMMITS = 100


@dataclass(frozen=True)
class Evidence:
    """
    One kind.

    ``is_quick``: it belongs to ``--quick``; ``is_outside``: it needs nothing but an address; ``of``: the kinds that leave
    what it reads; ``on_parts``: it runs the capstone, on the student's parts where they are asked for.
    """

    what: str
    repeat: str
    gather: Callable[[Scene, Facts], None]
    is_quick: bool = False
    is_outside: bool = False
    of: tuple[str, ...] = ()
    on_parts: bool = False


def ran(scene: Scene, facts: Facts, checks: Sequence[Check]) -> None:
    """Run checks of ours, and note how each test ended and what the failed ones said."""
    checks = [replace(one, environment=scene.environment_of(one.environment)) for one in checks]
    outcomes = Runner(scene.services.guard).run(checks, tell=lambda _outcome: None)
    facts.cases = [(case.name, case.state) for one in outcomes for case in one.cases]
    facts.figures = share_of(facts.cases)
    facts.lines = lines_of(outcomes)


def tests_ran(scene: Scene, facts: Facts, checks: Sequence[Check]) -> None:
    """Run tests as ``ran`` does, and let them leave which lines they ran."""
    if folder := scene.lines_run:
        checks = [replace(one, environment=coverage_of.measured(one.environment, folder)) for one in checks]
    ran(scene, facts, checks)


def lines_of(outcomes: Sequence[Outcome]) -> list[str]:
    """Return what is worth reading: what failed and why, then the end of what those checks said, then what was skipped."""
    failed = [f"FAILED {text}" for one in outcomes for text in one.reasons("failed")[:SHOWN]]
    said = [line for one in outcomes if one.failed for line in end_of(one.output)]
    skipped = [f"skipped {text}" for one in outcomes for text in one.skipped]
    return [*failed, *said, *skipped]


def end_of(output: str) -> list[str]:
    """Return the last lines of a check's output, without those of what was skipped: it is told by itself."""
    return [line for line in output.strip().splitlines() if not line.startswith("SKIPPED ")][-SHOWN:]


def contract(scene: Scene, facts: Facts) -> None:
    """Every operation, right and wrong requests, by whom."""
    tests_ran(scene, facts, list(test.chosen_paths(CONTRACT, scene.services)))


def behaviour(scene: Scene, facts: Facts) -> None:
    """The other tests of the capstone, and those of the parts where they are ours."""
    (check,) = test.chosen("capstone", scene.services, scene.site)
    rest = [f"--ignore={path}" for path in CONTRACT]
    ours = [] if scene.is_mine else [one for one in labs_checks(scene) if one.what != PROOF]
    tests_ran(scene, facts, [replace(check, command=[*check.command, *rest]), *ours])


def labs_checks(scene: Scene) -> list[Check]:
    """Return what ``./nexus test labs`` runs: of each lab the part's own tests, and the proof of its steps."""
    return list(test.chosen("labs", scene.services, scene.site))


def promises(scene: Scene, facts: Facts) -> None:
    """The labs' checks, asked of the capstone."""
    tests_ran(scene, facts, list(test.chosen("promises", scene.services, scene.site)))


def coverage(scene: Scene, facts: Facts) -> None:
    """Which statements and branches of the capstone and of the parts all those tests ran."""
    if scene.lines_run is None:
        raise NotRun("nothing was measured while the tests ran.")
    found = [one for one in coverage_of.covered(scene.lines_run) if one.package != coverage_of.TOOLS]
    there_are, did_run = (sum(column) for column in zip(*((c.there_are, c.ran) for c in found), strict=True))
    facts.figures = {"ran": did_run, "of": there_are, "share_covered": did_run / there_are}
    facts.lines = [f"{one.package}: {one.share:.1%} of {one.there_are:,}" for one in found]


def listeners(scene: Scene, facts: Facts) -> None:
    """Twenty listeners at once, for half a minute."""
    stats = load.REPORTS / "load-smoke_stats.csv"
    stats.unlink(missing_ok=True)
    command = [*PYTHON_MODULE, "nexus", "load", "smoke"]
    check = Check("load", "smoke", command, scene.environment_of(os.environ))
    (outcome,) = Runner(scene.services.guard).run([check], tell=lambda _outcome: None)
    said = outcome.output.strip().splitlines()
    if not stats.exists():
        raise NotRun(f"nobody could listen: {' '.join(said[-5:])}")
    rows = load.rows_of(stats)
    total = rows["Aggregated"]
    facts.figures = {"answers": total.requests, "errors": total.failures, "p95_ratio": load.p95_ratio(rows)}
    facts.lines = [line for line in said if line.strip()][-SHOWN:]


def lab_steps(scene: Scene, facts: Facts) -> None:
    """The student's labs, step by step, with the hints they took; ours, where nobody asked for a student's."""
    if not scene.is_mine:
        ran(scene, facts, [one for one in labs_checks(scene) if one.what == PROOF])
        return
    facts.repeat = "./nexus lab check"
    done, known = progress.read_progress(), labs()
    counts = {lab.id: steps_passed(lab.id) for lab in known}
    hints = {
        lab.id: sum(step.get("hints", 0) for step in done.get(lab.id, {}).get("steps", {}).values())
        for lab in known
    }
    passed, of = (sum(column) for column in zip(*counts.values(), strict=True))
    facts.figures = {"passed": passed, "of": of, "hints": sum(hints.values()), "share_passed": passed / of}
    facts.lines = [f"{lab}: {n} of {m} steps, {hints[lab]} hints" for lab, (n, m) in counts.items()]


def drills(scene: Scene, facts: Facts) -> None:
    """Workers and relays killed, the broker stopped, in little, on the embedded broker."""
    environment = scene.environment_of(os.environ)
    try:
        found = [drill.played(act, "valkey", short=True, environment=environment) for act in drill.ACTS]
    except NexusError as error:
        raise NotRun(f"{str(error).partition(';')[0]}: {facts.repeat} says why.") from None
    rows = [dict(zip(drill.COLUMNS, row, strict=True)) for row in found]
    facts.figures = {
        name: sum(int(row[name]) for row in rows) for name in ("started", "finished", "lost", "doubled")
    }
    facts.figures["lost_or_doubled"] = facts.figures["lost"] + facts.figures["doubled"]
    facts.lines = drill.table([drill.COLUMNS, *found])


def static(scene: Scene, facts: Facts) -> None:
    """Types, style, import contracts, spelling, migrations, production settings."""
    ran(scene, facts, lint.checks(scene.services))


def documentation(scene: Scene, facts: Facts) -> None:
    """The hub's build and links, recorded sessions and challenges run again, and the tests of its pages."""
    pages = test.chosen_paths(["tests/docs", "tests/repository"], scene.services)
    ran(scene, facts, [*test.chosen("docs", scene.services, scene.site), *pages])


def commits(_scene: Scene, facts: Facts) -> None:
    """The subjects of the last 100 commits that are no merges."""
    command = ["git", "log", "--no-merges", f"-{COMMITS}", "--format=%h %s"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotRun(f"git has no history here: {done.stderr.strip()}")
    subjects = [line.partition(" ")[2] for line in done.stdout.splitlines()]
    faults = [(subject, fault) for subject in subjects if (fault := fault_of(subject))]
    kept = len(subjects) - len(faults)
    facts.figures = {"passed": kept, "of": len(subjects), "share_passed": kept / len(subjects)}
    facts.lines = [f"{fault}: {subject}" for subject, fault in faults][:SHOWN]


def fault_of(subject: str) -> str:
    """Return what is wrong with a commit's subject; "" where nothing is."""
    if not SUBJECT.match(subject):
        return "no conventional subject"
    return f"{len(subject)} characters" if len(subject) > SUBJECT_LENGTH else ""


KINDS = {
    "contract": Evidence(
        "the HTTP contract's tests", f"./nexus test {' '.join(CONTRACT)}", contract, True, on_parts=True
    ),
    "tests": Evidence(
        "the tests of the capstone and the parts", "./nexus test capstone labs", behaviour, on_parts=True
    ),
    "promises": Evidence(
        "the labs' promises, asked of the capstone", "./nexus test promises", promises, on_parts=True
    ),
    "labs": Evidence("the labs", "./nexus lab verify", lab_steps),
    "coverage": Evidence(
        "what the tests ran",
        "./nexus test capstone promises labs --coverage",
        coverage,
        of=("contract", "tests", "promises"),
        on_parts=True,
    ),
    "outside": Evidence(
        "the API from outside",
        "./nexus grade --only from-outside",
        outside.ask,
        is_quick=True,
        is_outside=True,
        on_parts=True,
    ),
    "load": Evidence("listeners at once", "./nexus load smoke", listeners, on_parts=True),
    "drills": Evidence(
        "workers killed, broker stopped", "./nexus drill --broker valkey --short", drills, on_parts=True
    ),
    "static": Evidence("the code, unrun", "./nexus lint", static, True),
    "container": Evidence(
        "the images",
        "docker compose up -d --build --wait",
        outside.in_containers,
    ),
    "documentation": Evidence("the hub", "./nexus test docs tests/docs tests/repository", documentation),
    "commits": Evidence("the history", "git log --no-merges -100 --format=%s", commits, True),
}
