"""Writing the report: a page that needs nothing else, JSON, and Markdown for a pull request."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nexus.grade.report import Graded, Report

HERE = Path(__file__).parent
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
    return templates.get_template("report.html").render(report=report, marks=MARKS, figure=figure)


def figure(row: Graded) -> str:
    """Return what was measured, in words: a share as passed of all, anything else as it is."""
    if row.value is None:
        return "–"
    if row.measure == "share_covered":
        return f"{row.value:.1%} of {row.figures['of']:,.0f} statements and branches"
    if row.measure == "p95_ratio":
        errors, answers = row.figures["errors"], row.figures["answers"]
        return f"p95 {row.value:.1f} times the static answer's, {errors:,.0f} errors in {answers:,.0f} answers"
    if row.measure == "share_passed":
        passed = row.figures["passed"]
        of = row.figures.get("of", passed + row.figures.get("failed", 0))
        return f"{passed:,.0f} of {of:,.0f}"
    return f"{row.value:,g} {row.measure.replace('_', ' ')}"


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
        points = f"{row.points:g} of {row.weight}" if row.points is not None else f"– of {row.weight}"
        yield f"| {row.title} | {figure(row)} | {row.level or row.state} | {points} |"
    yield ""
    yield "**What no machine verified**"
    yield ""
    yield from (f"- {' '.join(line.split())[:300]}" for line in report.not_verified)
