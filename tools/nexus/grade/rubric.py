"""The rubric: ``docs/capstone/rubric.toml``, read and found whole, or an error that names what is wrong in it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nexus.errors import NexusError
from nexus.services import CHECKOUT

FILE = CHECKOUT / "docs/capstone/rubric.toml"
WHOLE = 100  # points
Level = Literal["exemplary", "adequate", "needs work"]
SHARES: dict[Level, float] = {"exemplary": 1.0, "adequate": 0.6, "needs work": 0.0}


class Strict(BaseModel):
    """A table of the rubric: what is not known is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Common(Strict):
    """What every row says."""

    id: str
    title: str
    weight: int = Field(gt=0)
    exemplary: str
    adequate: str
    needs_work: str


class MachineRow(Common):
    """
    A row that a program grades: ``measure`` of ``evidence`` against two bounds, at least or, where less is better, at most.

    ``claims``: of an evidence of tests, those whose name one of these expressions finds; the first row that claims a test
    has it. ``zero``: figures that must be 0, or the row needs work whatever it measures.
    """

    kind: Literal["machine"]
    evidence: str
    measure: str
    exemplary_at: float
    adequate_at: float
    less_is_better: bool = False
    claims: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()

    def level_of(self, figures: Mapping[str, float]) -> Level:
        """Return the level that what was measured reaches."""
        if any(figures[name] for name in self.zero):
            return "needs work"
        value, sign = figures[self.measure], -1 if self.less_is_better else 1
        if sign * value >= sign * self.exemplary_at:
            return "exemplary"
        return "adequate" if sign * value >= sign * self.adequate_at else "needs work"

    def claims_test(self, name: str) -> bool:
        """Tell whether a test is this row's; one without claims takes what no other took."""
        return not self.claims or any(re.search(pattern, name) for pattern in self.claims)


class HumanRow(Common):
    """A row that a person grades: one exact question, and the place to open: ``file::symbol``, or a file."""

    kind: Literal["human"]
    question: str
    open: str

    @property
    def place(self) -> tuple[str, int]:
        """Return the file and the line to open. Raises ``LookupError`` where either is gone."""
        file, _, symbol = self.open.partition("::")
        if not (CHECKOUT / file).is_file():
            raise LookupError(f"{file} is gone")
        pattern = re.compile(rf"\s*(?:def|class|async def) {re.escape(symbol)}\b|{re.escape(symbol)}\b.*=")
        lines = (CHECKOUT / file).read_text().splitlines()
        found = [number for number, line in enumerate(lines, 1) if not symbol or pattern.match(line)]
        if not found:
            raise LookupError(f"{file} has no {symbol}")
        return file, found[0]


Row = Annotated[MachineRow | HumanRow, Field(discriminator="kind")]


class Rubric(Strict):
    """All rows, in the order of the report."""

    row: tuple[Row, ...]

    @property
    def machine_rows(self) -> list[MachineRow]:
        """Those that a program grades."""
        return [row for row in self.row if isinstance(row, MachineRow)]

    @property
    def human_rows(self) -> list[HumanRow]:
        """Those that a person grades."""
        return [row for row in self.row if isinstance(row, HumanRow)]


def read_rubric(known: set[str], file: Path = FILE) -> Rubric:
    """Read the rubric; ``known`` are the kinds of evidence that there are. Raises ``NexusError`` naming every fault."""
    try:
        read = Rubric.model_validate(tomllib.loads(file.read_text()))
    except FileNotFoundError:
        raise NexusError(f"{file} is gone: git checkout -- {file} brings it back.") from None
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise NexusError(f"{file.name} cannot be read as a rubric: {error}") from None
    if faults := list(faults_of(read, known)):
        raise NexusError("\n".join([f"{file.name} is no whole rubric:", *faults]))
    return read


def faults_of(read: Rubric, known: set[str]) -> Iterator[str]:
    """Yield what is wrong in a rubric."""
    total = sum(row.weight for row in read.row)
    if total != WHOLE:
        yield f"the weights add up to {total}, not {WHOLE}"
    names = [row.id for row in read.row]
    yield from (f"two rows are called {name}" for name in sorted({n for n in names if names.count(n) > 1}))
    for row in read.machine_rows:
        if (row.exemplary_at - row.adequate_at) * (-1 if row.less_is_better else 1) < 0:
            yield f"{row.id} asks more of the adequate than of the exemplary"
        if row.evidence not in known:
            yield f"{row.id} reads {row.evidence}, which is no evidence: {', '.join(sorted(known))}"
    unread = known - {row.evidence for row in read.machine_rows}
    yield from (f"a row is missing: none reads the evidence {name}" for name in sorted(unread))
    for human in read.human_rows:
        try:
            _ = human.place
        except LookupError as error:
            yield f"{human.id} says to open what is not there: {error}"
