"""A student's copy of a part, in ``work/<lab>/``: made from ours with the tasks taken out, kept safe when begun anew."""

import difflib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from nexus.errors import NexusError
from nexus.labs.manifest import Lab, Step, shown
from nexus.labs.regions import body_of, put, region_named, regions_in, with_body
from nexus.services import CHECKOUT

MADE = ".made"  # tells two copies apart: a server that fails while one is deleted says nothing of the next


def work_folder() -> Path:
    """Return where students' copies lie: ``work/`` of the checkout, or what NEXUS_WORK_DIR names."""
    return Path(os.environ.get("NEXUS_WORK_DIR") or CHECKOUT / "work").absolute()


def task(step: Step, indent: str) -> list[str]:
    """Return the lines that stand in a region until the student has written it."""
    return [
        f"{indent}# TODO {step.title}. The docstring says what is promised.",
        f'{indent}raise NotImplementedError("{step.id}: {step.title}")',
    ]


def strip(part: Path, steps: Sequence[Step]) -> None:
    """Replace the regions of these steps in a copy of the part by their tasks."""
    for step in steps:
        for name in step.regions:
            put(part, name, task(step, region_named(part, name).indent))


def copy_part(lab: Lab, folder: Path) -> Path:
    """Copy the part into a folder, which must not hold it yet; return the copy."""
    return Path(shutil.copytree(lab.part, folder / lab.package, ignore=shutil.ignore_patterns("__pycache__")))


@dataclass(frozen=True)
class WorkCopy:
    """A student's copy of one lab's part."""

    lab: Lab

    @property
    def folder(self) -> Path:
        """Return the folder that goes first on the import path."""
        return work_folder() / self.lab.id

    @property
    def part(self) -> Path:
        """Return the folder of the student's part."""
        return self.folder / self.lab.package

    def exists(self) -> bool:
        """Tell whether the student has begun."""
        return self.part.is_dir()

    def existing(self) -> "WorkCopy":
        """Return it. Raises ``NexusError`` where the student has not begun."""
        if not self.exists():
            raise NexusError(
                f"{shown(self.part)} is not there yet: begin with ./nexus lab start {self.lab.id}"
            )
        return self

    def make(self, solved_until: Step | None) -> None:
        """Make the copy with every step from ``solved_until`` on (None: every one) as a task, in the place of any there is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=self.folder) as half_made:
            fresh = copy_part(self.lab, Path(half_made))
            strip(fresh, self.open_steps(solved_until))
            (fresh / MADE).write_text(f"{uuid4()}\n")
            if self.exists():
                self.part.rename(Path(half_made) / "old")
            fresh.rename(self.part)

    def open_steps(self, solved_until: Step | None) -> list[Step]:
        """Return the steps that are left to the student."""
        return self.lab.steps[self.lab.steps.index(solved_until) :] if solved_until else self.lab.steps

    def back_up(self) -> Path:
        """Copy the student's part to ``work/backups/`` and return where it is."""
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")
        return Path(
            shutil.copytree(
                self.part, work_folder() / "backups" / f"{self.lab.id}-{stamp}" / self.lab.package
            )
        )

    def begin_anew(self, solved_until: Step | None) -> Path:
        """Make the copy again; return the backup of what was there."""
        backup = self.back_up()
        self.make(solved_until)
        return backup

    def reset(self, step: Step) -> Path:
        """Put one step's task back; return the backup. Raises ``RegionError`` where its marks are gone."""
        backup = self.back_up()
        self.put_back_missing(step)
        strip(self.part, [step])
        return backup

    def put_back_missing(self, step: Step) -> None:
        """Put back a file that a step's task lies in and that was deleted, with every task of it."""
        for name in {self.lab.regions[region].file.relative_to(self.lab.part) for region in step.regions}:
            if not (self.part / name).exists():
                (self.part / name).parent.mkdir(parents=True, exist_ok=True)
                (self.part / name).write_text("\n".join([*as_task(self.lab, name, self.lab.steps), ""]))

    def take_solution(self, step: Step) -> None:
        """Write our solution of a step into the copy."""
        for name in step.regions:
            put(self.part, name, solution(self.lab, name))

    def files(self) -> list[Path]:
        """Return the Python files of the copy; none where it is gone."""
        try:
            return sorted(file for file in self.part.rglob("*.py") if file.is_file())
        except FileNotFoundError:  # just being begun anew
            return []

    def revision(self) -> str:
        """Return a fingerprint of the copy's files: another after every change, and where it was made anew, letter for letter."""
        digest = hashlib.sha256()
        for file in [self.part / MADE, *self.files()]:
            with suppress(FileNotFoundError):  # deleted since it was listed
                digest.update(f"{file.relative_to(self.part)}\0".encode() + file.read_bytes() + b"\0")
        return digest.hexdigest()

    def faults(self) -> Iterator[str]:
        """Yield what must be mended before anything can run: files that are gone, and files that are not Python."""
        for file in sorted(self.lab.part.rglob("*.py")):
            target = self.part / file.relative_to(self.lab.part)
            if not target.exists():
                yield f"{shown(target)} is gone. {self.way_back(file)}"
        for file in self.files():
            try:
                compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
            except SyntaxError as error:
                line = f"\n    {error.text.strip()}" if error.text else ""
                yield f"{shown(file)}:{error.lineno or 1}: {error.msg}{line}"
            except FileNotFoundError:  # deleted since it was listed
                continue

    def way_back(self, file: Path) -> str:
        """Return the command that brings back a file of ours which the copy lacks."""
        inside = [
            step.id
            for step in self.lab.steps
            if any(self.lab.regions[name].file == file for name in step.regions)
        ]
        command = f"./nexus lab reset {self.lab.id} {inside[0] if inside else ''}".strip()
        return f"Put it back with {command} (what you have is kept as a backup)."

    def changes(self, solved_until: Step | None) -> Iterator[str]:
        """Yield the student's changes since the start, as a unified diff."""
        open_steps = self.open_steps(solved_until)
        names = {file.relative_to(self.lab.part) for file in self.lab.part.rglob("*.py")}
        for name in sorted(names | {file.relative_to(self.part) for file in self.files()}):
            before = as_task(self.lab, name, open_steps)
            after = (self.part / name).read_text().splitlines() if (self.part / name).exists() else []
            yield from difflib.unified_diff(before, after, f"start/{name}", f"yours/{name}", lineterm="")


def as_task(lab: Lab, name: Path, steps: Sequence[Step]) -> list[str]:
    """Return the lines of one file as a student first saw it."""
    file = lab.part / name
    if not file.exists():
        return []
    text, owners = file.read_text(), {region: step for step in steps for region in step.regions}
    for region in regions_in(file, text):
        if region in owners:
            marks = regions_in(file, text)[region]
            text = with_body(text, marks, task(owners[region], marks.indent))
    return text.splitlines()


def solution(lab: Lab, name: str) -> list[str]:
    """Return our lines of a region."""
    region = lab.regions[name]
    return body_of(region.file.read_text(), region)
