"""The page *How it is graded*: the rubric, rendered from its data."""

from collections.abc import Iterator

from nexus.grade.evidence import KINDS
from nexus.grade.rubric import SHARES, WHOLE, HumanRow, MachineRow, Rubric
from nexus.markdown import page, table

LEVELS = "; ".join(f"*{level}* {share:.0%}" for level, share in SHARES.items())


def rubric_page(rubric: Rubric) -> str:
    """Return the page."""
    machine = sum(row.weight for row in rubric.machine_rows)
    return page(
        "How it is graded",
        f"Of {WHOLE} points programs give {machine}, each by a command you can run, and a person gives {WHOLE - machine}.",
        "docs/capstone/rubric.toml",
        f"`./nexus grade` gathers the facts and writes a report. {machine} points are a program's: each row reads one "
        f"measure, and the report shows the command that repeats it. {WHOLE - machine} are a person's: each row asks one "
        "question and names the place to open. The two are never added up alone, and what did not run is never counted as "
        "passed. You see the same report before your reviewer does.",
        f"A level is worth a share of the row's points: {LEVELS}.",
        "## What programs give",
        table(["row", "points", "levels", "read from"], map(machine_cells, rubric.machine_rows)),
        "## What a person gives",
        *human_sections(rubric),
        "## What the report tells of itself",
        "The commit, and each file that differs from it. The machine, its load, and the versions. The SHA-256 of all checks: "
        "two reports with the same one were made by the same checks. With `--original` and a commit of the original, every "
        "check that was edited is named. And a list of what no machine verified.",
        "[The report of this repository](example-report.html) is an example, made at the commit and on the day it names. A "
        "report is a page of one file, beside `report.json`, whose form is "
        "[a JSON Schema](../reference/grade-report.schema.json), and `summary.md`, for a pull request.",
        "See [Review a capstone](../how-to/review-a-capstone.md).",
    )


def machine_cells(row: MachineRow) -> list[str]:
    """Return a row's cells."""
    levels = f"● {row.exemplary}<br>◐ {row.adequate}<br>○ {row.needs_work}"
    return [f"**{row.title}**<br>`{row.id}`", str(row.weight), levels, f"`{KINDS[row.evidence].repeat}`"]


def human_sections(rubric: Rubric) -> Iterator[str]:
    """Yield a section for each question."""
    for row in rubric.human_rows:
        yield f"### {row.title}, {row.weight} points"
        yield f"{row.question} Open `{row.open}`."
        yield levels_of(row)


def levels_of(row: HumanRow) -> str:
    """Return the three levels as a list."""
    return f"- exemplary: {row.exemplary}\n- adequate: {row.adequate}\n- needs work: {row.needs_work}"
