"""What the checker says: to a person, line by line, and to a machine, as JSON."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from textwrap import indent
from typing import Any

import typer

from nexus.labs.checker import Result, StepResult
from nexus.labs.manifest import Lab, Step

HUB = "http://127.0.0.1:8001/concepts"
COLOURS = {"passed": "green", "FAILED": "red", "BROKEN": "magenta"}


def styled(word: str) -> str:
    """Return a state's word in its colour, where there is a terminal that wants colours."""
    wants = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return typer.style(word, fg=COLOURS.get(word.strip())) if wants else word


def step_lines(lab: Lab, done: StepResult) -> Iterator[str]:
    """Yield how one step ended: a line, and for one that did not pass its first failure."""
    state, passed, of = (
        done.state,
        sum(result.state == "passed" for result in done.results),
        len(done.step.checks),
    )
    word = state if state == "passed" else state.upper()
    checks = f"{of} check{'s' * (of != 1)}" if state == "passed" else f"{passed} of {of} checks pass"
    yield f"{styled(f'{word:<8}')} {done.step.id:<20} {checks}"
    if (failure := done.first_failure) is not None:
        yield ""
        yield from broken_lines(failure) if state == "broken" else failure_lines(lab, done.step, failure)
        yield ""


def failure_lines(lab: Lab, step: Step, failure: Result) -> Iterator[str]:
    """Yield the parts of a failure: asked, expected, actual, the student's own error, why, the command, what to read."""
    concept, _, anchor = step.concept.partition("#")
    address = f"{HUB}/{concept.removesuffix('.md')}/{'#' * bool(anchor)}{anchor}"
    parts = {
        "asked": failure.asks,
        "expected": failure.expected,
        "actual": failure.actual,
        "your code": failure.traceback,
        "why": failure.why or step.why,
        "see it": failure.see or f"./nexus lab check {lab.id} {step.id}",
        "read": f"docs/concepts/{step.concept}, with ./nexus docs serve at {address}",
        "check": f"{failure.check}, in labs/{lab.id}/{lab.id}_checks",
    }
    yield from aligned(parts)


def aligned(parts: Mapping[str, str]) -> Iterator[str]:
    """Yield named texts of one or more lines, those that are empty left out."""
    for name, text in parts.items():
        if text:
            first, *more = text.strip("\n").splitlines()
            yield f"  {name:<10} {first}"
            yield from (f"  {'':<10} {line}" for line in more)


def not_loaded_lines(fault: Result) -> Iterator[str]:
    """Yield what keeps the student's code from loading at all."""
    yield styled("FAILED" if fault.state == "failed" else "BROKEN") + "   your part does not load"
    yield ""
    if fault.state == "broken":
        yield from broken_lines(fault)
    else:
        yield from aligned({"asked": fault.asks, "actual": fault.actual, "your code": fault.traceback})
    yield ""


def broken_lines(failure: Result) -> Iterator[str]:
    """Yield what to do about a check that failed by itself."""
    yield f"  The check {failure.check} is broken, not your code: please report it with these lines."
    yield indent(failure.traceback.strip() or failure.actual, "  | ")


def waiting_line(steps: Sequence[Step]) -> str:
    """Return the line of the steps whose turn has not come."""
    return f"{'waiting':<8} {', '.join(step.id for step in steps)}"


def as_json(lab: Lab, part: str, done: Sequence[StepResult], fault: Result | None) -> dict[str, Any]:
    """Return everything that was found, for ``--json``."""
    steps = [
        {
            "id": one.step.id,
            "title": one.step.title,
            "state": one.state,
            "checks": [asdict(result) for result in one.results],
        }
        for one in done
    ]
    passed = sum(one.state == "passed" for one in done)
    return {"lab": lab.id, "part": part, "passed": passed, "of": len(done), "steps": steps} | (
        {"not_loaded": asdict(fault)} if fault else {}
    )
