"""
Wrong solutions of the kind people really write: ``labs/<lab>/wrong/<name>.py``, each with what the checker says to it.

The module's docstring tells what people think, and ends in ``Caught by: <check>``. The regions in it replace the
part's. ``<name>.txt`` holds the failure as it was recorded, ports, ids and the like told the same each time.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from nexus import noise
from nexus.labs.manifest import Lab, ManifestError, Step, shown
from nexus.labs.regions import body_of, put, regions_in

CAUGHT_BY = re.compile(r"^Caught by: (\w+)$", re.MULTILINE)
FEWEST = 3


@dataclass(frozen=True)
class Wrong:
    """One wrong solution, and the check that must catch it."""

    file: Path
    caught_by: str
    step: Step

    @property
    def recorded(self) -> Path:
        """Return where the failure's text is."""
        return self.file.with_suffix(".txt")

    def apply(self, part: Path) -> None:
        """Write it into a copy of the part."""
        text = self.file.read_text()
        for name, region in regions_in(self.file, text).items():
            put(part, name, body_of(text, region))


def solutions(lab: Lab) -> list[Wrong]:
    """Return a lab's wrong solutions. Raises ``ManifestError`` where there are fewer than three, or one names no check."""
    found = [read(lab, file) for file in sorted((lab.folder / "wrong").glob("*.py"))]
    if len(found) < FEWEST:
        raise ManifestError(
            f"{shown(lab.folder)}/wrong: {len(found)} wrong solutions; {FEWEST} are the least."
        )
    return found


def read(lab: Lab, file: Path) -> Wrong:
    """Return one wrong solution."""
    named = CAUGHT_BY.search(ast.get_docstring(ast.parse(file.read_text())) or "")
    if named is None:
        raise ManifestError(f"{shown(file)}:1: the docstring must end in a line «Caught by: <check>».")
    step = next((step for step in lab.steps if named[1] in step.checks), None)
    if step is None:
        raise ManifestError(f"{shown(file)}:1: no step of {lab.id} has a check {named[1]!r}.")
    if not regions_in(file, file.read_text()):
        raise ManifestError(f"{shown(file)}:1: it holds no region, so it would change nothing.")
    return Wrong(file, named[1], step)


def same_each_time(text: str, lab: Lab, part: Path) -> str:
    """Return a failure's text as it is recorded: what differs from run to run is told the same."""
    named = f"work/{lab.id}/{lab.package}"
    return noise.same_each_time(text).replace(str(part), named).replace(str(part.resolve()), named)
