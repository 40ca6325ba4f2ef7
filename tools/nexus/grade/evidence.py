"""The kinds of evidence, and how each is gathered: by the very commands that everybody else runs."""

import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nexus import drill, lint, test
from nexus.checks import Check, Outcome, Runner
from nexus.grade import outside
from nexus.grade.facts import Facts, NotRun, share_of
from nexus.labs import progress
from nexus.labs.checker import steps_passed
from nexus.labs.manifest import labs
from nexus.labs.mine import Parts
from nexus.services import CHECKOUT, Session

CONTRACT = ["capstone/tests/contract", "capstone/tests/config/test_routes.py"]
SHOWN = 20  # lines of what failed
SUBJECT = re.compile(r"(feat|fix|docs|test|refactor|perf|chore|build|ci|style|revert)(\([\w-]+\))?!?: .")
SUBJECT_LENGTH = 72
COMMITS = 100


@dataclass(frozen=True)
class Scene:
    """What evidence is gathered with. ``parts``: whose each lab's part is, where ``--mine`` asks for the student's."""

    services: Session
    site: str
    parts: Parts | None = None
    base_url: str = ""


@dataclass(frozen=True)
class Evidence:
    """One kind. ``is_quick``: it belongs to ``--quick``; ``is_outside``: it needs nothing but an address."""

    what: str
    repeat: str
    gather: Callable[[Scene, Facts], None]
    is_quick: bool = False
    is_outside: bool = False


def ran(scene: Scene, facts: Facts, checks: Sequence[Check]) -> None:
    """Run checks of ours, and note how each test ended and what the failed ones said."""
    if scene.parts:
        checks = [replace(one, environment=scene.parts.environment(one.environment)) for one in checks]
    outcomes = Runner(scene.services.guard).run(checks, tell=lambda _outcome: None)
    facts.cases = [(case.name, case.state) for one in outcomes for case in one.cases]
    facts.figures = share_of(facts.cases)
    facts.lines = [line for one in outcomes for line in lines_of(one)]


def lines_of(outcome: Outcome) -> list[str]:
    """Return what of a check's output is worth reading: what failed, and the end of what that said."""
    failed = [f"FAILED {case.name}" for case in outcome.cases if case.state == "failed"]
    skipped = [f"skipped {text}" for text in outcome.skipped]
    said = outcome.output.strip().splitlines()[-SHOWN:] if failed else []
    return [*failed[:SHOWN], *said, *skipped]


def contract(scene: Scene, facts: Facts) -> None:
    """Every operation, right and wrong requests, by whom."""
    ran(scene, facts, list(test.chosen_paths(CONTRACT, scene.services)))


def behaviour(scene: Scene, facts: Facts) -> None:
    """The other tests of the capstone."""
    (check,) = test.chosen("capstone", scene.services, scene.site)
    rest = [f"--ignore={path}" for path in CONTRACT]
    ran(scene, facts, [replace(check, command=[*check.command, *rest])])


def promises(scene: Scene, facts: Facts) -> None:
    """The labs' checks, asked of the capstone."""
    ran(scene, facts, list(test.chosen("promises", scene.services, scene.site)))


def lab_steps(scene: Scene, facts: Facts) -> None:
    """The student's labs, step by step, with the hints they took; ours, where nobody asked for a student's."""
    if scene.parts is None:
        ran(
            scene,
            facts,
            [one for one in test.chosen("labs", scene.services, scene.site) if "verify" in one.what],
        )
        return
    done, known = progress.read_progress(), labs()
    counts = {lab.id: steps_passed(lab.id) for lab in known}
    hints = {
        lab.id: sum(step.get("hints", 0) for step in done.get(lab.id, {}).get("steps", {}).values())
        for lab in known
    }
    passed, of = (sum(column) for column in zip(*counts.values(), strict=True))
    facts.figures = {"passed": passed, "of": of, "hints": sum(hints.values()), "share_passed": passed / of}
    facts.lines = [f"{lab}: {n} of {m} steps, {hints[lab]} hints" for lab, (n, m) in counts.items()]


def drills(_scene: Scene, facts: Facts) -> None:
    """Workers and relays killed, the broker stopped, in little, on the embedded broker."""
    rows = [
        dict(zip(drill.COLUMNS, drill.played(act, "valkey", short=True), strict=True)) for act in drill.ACTS
    ]
    facts.figures = {
        name: sum(int(row[name]) for row in rows) for name in ("started", "finished", "lost", "doubled")
    }
    facts.figures["lost_or_doubled"] = facts.figures["lost"] + facts.figures["doubled"]
    facts.lines = drill.table([drill.COLUMNS, *(tuple(row.values()) for row in rows)])


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
    kept = [bool(SUBJECT.match(one)) and len(one) <= SUBJECT_LENGTH for one in subjects]
    facts.figures = {"passed": sum(kept), "of": len(kept), "share_passed": sum(kept) / len(kept)}
    facts.lines = [
        f"not in the form: {one}" for one, is_kept in zip(subjects, kept, strict=True) if not is_kept
    ][:SHOWN]


KINDS = {
    "contract": Evidence("the HTTP contract's tests", f"./nexus test {' '.join(CONTRACT)}", contract, True),
    "tests": Evidence("the capstone's other tests", "./nexus test capstone", behaviour),
    "promises": Evidence("the labs' promises, asked of the capstone", "./nexus test promises", promises),
    "labs": Evidence("the labs", "./nexus lab verify", lab_steps),
    "outside": Evidence(
        "the API from outside",
        "./nexus grade --base-url URL",
        lambda scene, facts: outside.ask(scene.services, scene.parts, scene.base_url, facts),
        is_quick=True,
        is_outside=True,
    ),
    "drills": Evidence("workers killed, broker stopped", "./nexus drill --broker valkey --short", drills),
    "static": Evidence("the code, unrun", "./nexus lint", static, True),
    "container": Evidence(
        "the images",
        "docker compose up -d --build --wait",
        lambda scene, facts: outside.in_containers(scene.parts, facts),
    ),
    "documentation": Evidence("the hub", "./nexus test docs tests/docs tests/repository", documentation),
    "commits": Evidence("the history", "git log --no-merges -100 --format=%s", commits, True),
}
