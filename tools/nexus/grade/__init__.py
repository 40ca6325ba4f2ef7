"""
`./nexus grade`: a reviewer's packet. It runs what there is to run, reads the rubric, and writes the report.

What each kind of evidence brought is kept beside the report until that is written, so an interrupted run goes on where it
stopped. What could not be had is tried again.
"""

import fcntl
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from nexus.errors import NexusError, Stopped, UnknownWord
from nexus.grade import trust, writing
from nexus.grade.evidence import KINDS, Evidence
from nexus.grade.facts import Facts, NotRun
from nexus.grade.report import Checks, Origin, Report, graded, not_verified, totals
from nexus.grade.rubric import Rubric, read_rubric
from nexus.grade.scene import Scene, scene
from nexus.labs.mine import FindParts
from nexus.labs.workcopy import work_folder
from nexus.services import CHECKOUT

FOLDER = CHECKOUT / "report"
LONGEST_REASON = 600


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line; ``only``: the rows, all where it names none."""

    quick: bool = False
    base_url: str = ""
    original: str = ""
    fresh: bool = False
    folder: Path = FOLDER
    mine: FindParts | None = None
    only: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset(KINDS)

    @property
    def command(self) -> str:
        """The command that does it again."""
        words = ["--mine"] * bool(self.mine) + ["--quick"] * self.quick
        words += [f"--base-url {self.base_url}"] * bool(self.base_url)
        words += [f"--original {self.original}"] * bool(self.original)
        return " ".join(["./nexus grade", *words, *(f"--only {row}" for row in self.only)])

    @property
    def key(self) -> str:
        """What an interrupted run must share with this one."""
        return trust.fingerprint(self.command, folders=[work_folder()] if self.mine else [])

    @property
    def kept_in(self) -> Path:
        """Where evidence waits for the report."""
        return self.folder / "evidence"

    def read_by(self, rubric: Rubric) -> "Wanted":
        """Return it with the kinds of evidence that the rows asked for read. Raises ``UnknownWord`` for a row there is not."""
        if not self.only:
            return self
        kinds = {row.id: row.evidence for row in rubric.machine_rows}
        for row in self.only:
            if row not in kinds:
                raise UnknownWord("row that a program grades", row, list(kinds))
        read = {kinds[row] for row in self.only}
        return replace(self, kinds=frozenset(read | {one for name in read for one in KINDS[name].of}))

    def why_not(self, name: str, kind: Evidence) -> str:
        """Return why a kind of evidence was not asked for; "" where it was."""
        if name not in self.kinds:
            return "--only leaves it out."
        if self.base_url and not kind.is_outside:
            return "--base-url looks from outside alone."
        return "--quick leaves it out." if self.quick and not kind.is_quick else ""


def grade(wanted: Wanted) -> int:
    """Gather, grade, write; return 0: a low grade is no failure of the run."""
    rows = read_rubric(set(KINDS))
    wanted = wanted.read_by(rows)
    checks = Checks(
        sha256=trust.hash_of_checks(),
        compared_with=wanted.original,
        edited=trust.edited_checks(wanted.original),
    )
    origin, key = Origin(**trust.origin()), wanted.key
    with alone_in(wanted.folder):
        if wanted.fresh:
            shutil.rmtree(wanted.kept_in, ignore_errors=True)
        try:
            gathered, parts = gather(wanted, key)
        except (KeyboardInterrupt, Stopped):
            print(
                "\nInterrupted. What was gathered is kept: the same command goes on from there.", flush=True
            )
            raise
        results, machine = graded(rows, gathered), trust.machine()
        cautions = trust.cautions(machine, wanted.base_url, is_as_before=wanted.key == key)
        report = Report(
            made_at=trust.made_at(),
            command=wanted.command,
            parts=trust.portable(parts),
            minutes=round(sum(facts.seconds for facts in gathered.values()) / 60, 1),
            origin=origin,
            checks=checks,
            machine=machine,
            totals=totals(results),
            rows=results,
            not_verified=[*cautions, *not_verified(results, gathered, checks)],
        )
        writing.write(report, wanted.folder)
        shutil.rmtree(wanted.kept_in)
    print(
        f"\n{(wanted.folder / 'summary.md').read_text()}\nThe report: {wanted.folder / 'index.html'}",
        flush=True,
    )
    return 0


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder while the block lasts. Raises ``NexusError`` where one is at work there."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NexusError(
                f"another ./nexus grade is at work in {folder}: wait for it, or end it."
            ) from None
        yield


def gather(wanted: Wanted, key: str) -> tuple[dict[str, Facts], str]:
    """
    Gather every kind of evidence, or take it from a run of the same that was interrupted.

    Return it by its name, and whose each part is.
    """
    found: dict[str, Facts] = {}
    lines_run = wanted.kept_in / f"lines-{key[:12]}" if measures_lines(wanted) else None
    with (
        tempfile.TemporaryDirectory(prefix="nexus-site-") as site,
        scene(site, wanted.base_url, wanted.mine, lines_run) as here,
    ):
        for number, (name, kind) in enumerate(KINDS.items(), 1):
            print(f"[{number:>2}/{len(KINDS)}] {kind.what} … ", end="", flush=True)
            if known := kept(wanted, key, name):
                print(f"kept from {known.at}: ", end="", flush=True)
            why_not = wanted.why_not(name, kind) or cannot(kind, here, found)
            found[name] = known or one(here, name, kind, why_not)
            keep(wanted, key, found[name])
            print(told(found[name]), flush=True)
        return found, here.whose


def cannot(kind: Evidence, here: Scene, found: Mapping[str, Facts]) -> str:
    """Return why a kind of evidence cannot be had on this scene, with what was found before it; "" where it can."""
    if kind.on_parts and here.no_parts:
        return here.no_parts
    lacking = [KINDS[other].what for other in kind.of if found[other].not_run]
    return f"it reads what others leave, and these did not run: {', '.join(lacking)}." if lacking else ""


def measures_lines(wanted: Wanted) -> bool:
    """Tell whether tests note which lines they run: they take half as long again."""
    return not wanted.why_not("coverage", KINDS["coverage"])


def one(here: Scene, name: str, kind: Evidence, not_run: str = "") -> Facts:
    """Gather one kind of evidence; what keeps it from being had is its reason."""
    facts = Facts(name, kind.repeat, not_run=not_run)
    started = time.monotonic()
    if not facts.not_run:
        try:
            kind.gather(here, facts)
        except (NotRun, NexusError, OSError) as error:
            facts.not_run = " ".join(str(error).split()) or repr(error)
    facts.not_run, facts.lines = (
        trust.portable(facts.not_run)[:LONGEST_REASON],
        [trust.portable(line) for line in facts.lines],
    )
    facts.seconds, facts.at = round(time.monotonic() - started, 1), trust.made_at()
    return facts


def kept(wanted: Wanted, key: str, name: str) -> Facts | None:
    """Return what an interrupted run of the same gathered."""
    file = wanted.kept_in / f"{name}.json"
    if wanted.fresh or not file.exists():
        return None
    said = json.loads(file.read_text())
    if said.pop("key") != key:
        return None
    facts = Facts(**{**said, "cases": [(test, state) for test, state in said["cases"]]})
    return None if facts.not_run else facts


def keep(wanted: Wanted, key: str, facts: Facts) -> None:
    """Note what was gathered, for a run that goes on where this one is interrupted."""
    file = wanted.kept_in / f"{facts.evidence}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    half_written = file.with_suffix(".new")
    half_written.write_text(json.dumps({"key": key, **asdict(facts)}, indent=1) + "\n")
    half_written.replace(file)


def told(facts: Facts) -> str:
    """Return how one kind of evidence ended, in a line."""
    if facts.not_run:
        return f"not run: {facts.not_run[:200]}"
    figures = ", ".join(f"{name.replace('_', ' ')} {number:g}" for name, number in facts.figures.items())
    return f"{figures} ({facts.seconds:.0f} s)"
