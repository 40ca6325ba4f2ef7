"""The report: every row with what it rests on, the parts beside the total, and what no machine verified."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from nexus.grade.facts import FAILED, SKIPPED, Facts, share_of
from nexus.grade.rubric import SHARES, HumanRow, Level, MachineRow, Rubric

State = Literal["graded", "not run", "for a person"]


class Model(BaseModel):
    """A table of report.json."""

    model_config = ConfigDict(extra="forbid")


class Graded(Model):
    """
    One row.

    ``points`` is there where a program graded it; ``reason`` says why nobody did. ``seconds`` and ``at``: how long its
    evidence took, and when that was had; rows that read the same one share them.
    """

    id: str
    title: str
    weight: int
    state: State
    level: Level | None = None
    points: float | None = None
    measure: str = ""
    value: float | None = None
    figures: dict[str, float] = Field(default_factory=dict)
    says: str = ""
    reason: str = ""
    repeat: str = ""
    seconds: float = 0.0
    at: str = ""
    lines: list[str] = Field(default_factory=list)
    question: str = ""
    file: str = ""
    line: int | None = None


class Totals(Model):
    """Points: what programs gave, of how many; how many are of rows that did not run; how many a person gives."""

    points: float
    of: int
    not_run: int
    for_a_person: int


class Checks(Model):
    """The files that decide what passes: their SHA-256, and which differ from the original's; None: not compared."""

    sha256: str
    compared_with: str
    edited: list[str] | None


class Origin(Model):
    """Which code was graded."""

    commit: str | None
    committed_at: str | None
    changed_files: list[str]


class Report(Model):
    """A grading of one checkout, or of one address. ``parts``: whose each lab's is; "" where all are this repository's."""

    version: Literal[1] = 1
    made_at: str
    command: str
    parts: str = ""
    minutes: float
    origin: Origin
    checks: Checks
    machine: dict[str, Any]
    totals: Totals
    rows: list[Graded]
    not_verified: list[str]


def graded(rubric: Rubric, gathered: Mapping[str, Facts]) -> list[Graded]:
    """Return every row, graded by what was gathered."""
    claimed = {name: assigned(rubric, name, facts) for name, facts in gathered.items()}
    return [
        machine_row(row, gathered[row.evidence], claimed[row.evidence].get(row.id))
        if isinstance(row, MachineRow)
        else human_row(row)
        for row in rubric.row
    ]


Cases = list[tuple[str, str]]


def assigned(rubric: Rubric, evidence: str, facts: Facts) -> dict[str, Cases]:
    """Return the tests of each row that reads this evidence: each test is the first row's that claims it."""
    rows = [row for row in rubric.machine_rows if row.evidence == evidence]
    rows.sort(key=lambda row: not row.claims)  # one without claims takes what is left
    shares: dict[str, Cases] = {row.id: [] for row in rows}
    for name, state in facts.cases:
        if owner := next((row for row in rows if row.claims_test(name)), None):
            shares[owner.id].append((name, state))
    return shares


def machine_row(row: MachineRow, facts: Facts, cases: Cases | None) -> Graded:
    """Grade a row by its measure; where there is none, it did not run, and gets nothing."""
    figures = share_of(cases or []) if facts.are_tests else facts.figures
    value = figures.get(row.measure)
    made = Graded(
        id=row.id,
        title=row.title,
        weight=row.weight,
        state="not run",
        measure=row.measure,
        repeat=facts.repeat,
        seconds=facts.seconds,
        at=facts.at,
    )
    if facts.not_run or value is None:
        made.lines = facts.lines
        made.reason = facts.not_run or why_nothing(row, facts, cases or [])
        return made
    level = row.level_of(figures)
    return made.model_copy(
        update={
            "state": "graded",
            "level": level,
            "points": round(row.weight * SHARES[level], 1),
            "value": round(value, 4),
            "figures": {name: round(number, 4) for name, number in figures.items()},
            "says": {"exemplary": row.exemplary, "adequate": row.adequate, "needs work": row.needs_work}[
                level
            ],
            "lines": lines_of(facts.lines, cases or []),
        }
    )


def why_nothing(row: MachineRow, facts: Facts, cases: Cases) -> str:
    """Return why an evidence that was had says nothing about a row."""
    if cases:
        return f"all {len(cases)} of its tests were skipped."
    if not facts.are_tests:
        return f"{facts.repeat} brought no {row.measure}."
    return f"among what {facts.repeat} ran, no test is this row's: was it removed, or given another name?"


def lines_of(lines: list[str], cases: Cases) -> list[str]:
    """
    Return the lines that are a row's.

    Where it has no tests, all; else those that name one of its tests, and what failed tests say, where one of its failed.
    """
    tests, has_failed = tuple(f"{name}:" for name, _ in cases), any(state == FAILED for _, state in cases)
    told = ((line, *line.partition(" ")[::2]) for line in lines)
    return [
        line
        for line, mark, name in told
        if not tests or (f"{name}:".startswith(tests) if mark in {"FAILED", SKIPPED} else has_failed)
    ]


def human_row(row: HumanRow) -> Graded:
    """Return the question, and the place to open."""
    file, line = row.place
    return Graded(
        id=row.id,
        title=row.title,
        weight=row.weight,
        state="for a person",
        question=row.question,
        file=file,
        line=line,
        lines=[f"exemplary: {row.exemplary}", f"adequate: {row.adequate}", f"needs work: {row.needs_work}"],
    )


def totals(rows: list[Graded]) -> Totals:
    """Add up, each kind by itself."""

    def weight_of(state: State) -> int:
        return sum(row.weight for row in rows if row.state == state)

    return Totals(
        points=round(sum(row.points or 0 for row in rows), 1),
        of=weight_of("graded"),
        not_run=weight_of("not run"),
        for_a_person=weight_of("for a person"),
    )


def not_verified(rows: list[Graded], gathered: Mapping[str, Facts], checks: Checks) -> Iterator[str]:
    """Yield what no machine verified, in sentences; rows that share a reason share one."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row.state != "graded":
            reason = row.reason if row.state == "not run" else "a person's to judge."
            reasons.setdefault(reason, []).append(row.title)
    yield from (f"{', '.join(titles)}: {reason}" for reason, titles in reasons.items())
    for facts in gathered.values():
        skipped = sum(state == SKIPPED for _, state in facts.cases)
        if skipped:
            yield f"{skipped} tests of {facts.evidence} were skipped; their reasons stand in the row."
    if checks.edited is None:
        yield "The checks were not compared with the original's: give --original a commit or a branch of it."
    yield "Who wrote the code, and whether they can explain it: ask them."
