"""
`./nexus grade`: a reviewer's packet. It runs what there is to run, reads the rubric, and writes the report.

What each kind of evidence brought is kept beside the report, so an interrupted run goes on where it stopped.
"""

import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from nexus.errors import NexusError
from nexus.grade import trust, writing
from nexus.grade.evidence import KINDS, Evidence, Scene
from nexus.grade.facts import Facts, NotRun
from nexus.grade.report import Checks, Origin, Report, graded, not_verified, totals
from nexus.grade.rubric import read_rubric
from nexus.labs.mine import FindParts
from nexus.services import CHECKOUT, new_ephemeral_state, session

FOLDER = CHECKOUT / "report"


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    quick: bool = False
    base_url: str = ""
    original: str = ""
    fresh: bool = False
    folder: Path = FOLDER
    mine: FindParts | None = None

    @property
    def command(self) -> str:
        """The command that does it again."""
        words = ["--mine"] * bool(self.mine) + ["--quick"] * self.quick
        words += [f"--base-url {self.base_url}"] * bool(self.base_url)
        return " ".join(["./nexus grade", *words, *[f"--original {self.original}"] * bool(self.original)])

    def why_not(self, kind: Evidence) -> str:
        """Return why a kind of evidence was not asked for; "" where it was."""
        if self.base_url and not kind.is_outside:
            return "--base-url looks from outside alone."
        return "--quick leaves it out." if self.quick and not kind.is_quick else ""


def grade(wanted: Wanted) -> int:
    """Gather, grade, write; return 0: a low grade is no failure of the run."""
    started = time.monotonic()
    rows = read_rubric(set(KINDS))
    gathered = gather(wanted)
    results = graded(rows, gathered)
    checks = Checks(
        sha256=trust.hash_of_checks(),
        compared_with=wanted.original,
        edited=trust.edited_checks(wanted.original),
    )
    report = Report(
        made_at=trust.made_at(),
        command=wanted.command,
        minutes=round((time.monotonic() - started) / 60, 1),
        origin=Origin(**trust.origin()),
        checks=checks,
        machine=trust.machine(),
        totals=totals(results),
        rows=results,
        not_verified=list(not_verified(results, gathered, checks)),
    )
    writing.write(report, wanted.folder)
    print(
        f"\n{(wanted.folder / 'summary.md').read_text()}\nThe report: {wanted.folder / 'index.html'}",
        flush=True,
    )
    return 0


def gather(wanted: Wanted) -> dict[str, Facts]:
    """Gather every kind of evidence, or take it from a run of the same that was interrupted."""
    parts = wanted.mine() if wanted.mine else None
    key = trust.fingerprint(wanted.command)
    found: dict[str, Facts] = {}
    with (
        tempfile.TemporaryDirectory(prefix="nexus-site-") as site,
        session(new_ephemeral_state()) as services,
    ):
        scene = Scene(services, site, parts, wanted.base_url)
        for number, (name, kind) in enumerate(KINDS.items(), 1):
            print(f"[{number:>2}/{len(KINDS)}] {kind.what} … ", end="", flush=True)
            found[name] = kept(wanted, key, name) or one(wanted, scene, name, kind)
            keep(wanted, key, found[name])
            print(told(found[name]), flush=True)
    return found


def one(wanted: Wanted, scene: Scene, name: str, kind: Evidence) -> Facts:
    """Gather one kind of evidence; what keeps it from being had is its reason."""
    facts = Facts(name, kind.repeat, not_run=wanted.why_not(kind))
    started = time.monotonic()
    if not facts.not_run:
        try:
            kind.gather(scene, facts)
        except (NotRun, NexusError, OSError) as error:
            facts.not_run = " ".join(str(error).split()) or repr(error)
    facts.seconds = round(time.monotonic() - started, 1)
    return facts


def kept(wanted: Wanted, key: str, name: str) -> Facts | None:
    """Return what an interrupted run of the same gathered."""
    file = wanted.folder / "evidence" / f"{name}.json"
    if wanted.fresh or not file.exists():
        return None
    said = json.loads(file.read_text())
    return Facts(**said) if said.pop("key") == key else None


def keep(wanted: Wanted, key: str, facts: Facts) -> None:
    """Note what was gathered, for a run that goes on where this one is interrupted."""
    file = wanted.folder / "evidence" / f"{facts.evidence}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"key": key, **asdict(facts)}, indent=1) + "\n")


def told(facts: Facts) -> str:
    """Return how one kind of evidence ended, in a line."""
    if facts.not_run:
        return f"not run: {facts.not_run[:200]}"
    figures = ", ".join(f"{name.replace('_', ' ')} {number:g}" for name, number in facts.figures.items())
    return f"{figures} ({facts.seconds:.0f} s)"
