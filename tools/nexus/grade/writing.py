"""Writing the report: a page that needs nothing else, JSON, and Markdown for a pull request."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nexus.grade.report import Graded, Report

HERE = Path(__file__).parent
SECONDS_TOLD = 120
FIGURES = {  # how a measure is told, in words; any other as a share of what there was
    "share_covered": "{share_covered:.1%} of {of:,.0f} statements and branches",
    "p95_ratio": "p95 {p95_ratio:.1f} times the static answer's, {errors:,.0f} errors in {answers:,.0f} answers",
    "lost_or_doubled": "{lost:,.0f} lost and {doubled:,.0f} doubled of {started:,.0f}",
    "failed": "{failed:,.0f} of {all:,.0f} complain",
}
MARKS = {"exemplary": "●●", "adequate": "●○", "needs work": "○○"}


def write(report: Report, folder: Path) -> None:
    """Write ``index.html``, ``report.json`` and ``summary.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(report.model_dump_json(indent=1) + "\n")
    (folder / "index.html").write_text(page(report))
    (folder / "summary.md").write_text("\n".join(summary(report)) + "\n")


def page(report: Report) -> str:
    """Return the report as one page of HTML."""
    templates = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    told = {"marks": MARKS, "figure": figure, "moment": moment, "took": took}
    return templates.get_template("report.html").render(report=report, **told)


def figure(row: Graded) -> str:
    """Return what was measured, in words."""
    if row.value is None:
        return "–"
    figures = {"passed": 0.0, "failed": 0.0, **row.figures}
    every = figures["passed"] + figures["failed"]
    template = FIGURES.get(row.measure, "{passed:,.0f} of {of:,.0f}")
    return template.format_map({"of": every, "all": every, **figures})


def moment(at: str) -> str:
    """Return an ISO 8601 time as a reader writes it: 2026-11-26 03:55 UTC."""
    return f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def took(seconds: float) -> str:
    """Return how long something took."""
    return f"{seconds:.0f} s" if seconds < SECONDS_TOLD else f"{seconds / 60:.0f} minutes"


def summary(report: Report) -> Iterator[str]:
    """Yield the lines of the Markdown summary."""
    totals = report.totals
    yield f"## {totals.points:g} of {totals.of} points that a program can give"
    yield ""
    yield (
        f"{totals.not_run} points did not run, {totals.for_a_person} are a person's. "
        f"Commit {(report.origin.commit or 'unknown')[:12]}, {len(report.origin.changed_files)} changed files, "
        f"{report.minutes:.1f} minutes."
    )
    yield ""
    yield "| row | found | level | points |"
    yield "|---|---|---|---:|"
    for row in report.rows:
        if row.points is not None:
            yield f"| {row.title} | {figure(row)} | {row.level} | {row.points:g} of {row.weight} |"
    yield ""
    if report.checks.edited:
        yield f"**Edited checks**, against {report.checks.compared_with}: {', '.join(report.checks.edited)}"
        yield ""
    yield "**What no machine verified**"
    yield ""
    yield from (f"- {' '.join(line.split())}" for line in report.not_verified)
