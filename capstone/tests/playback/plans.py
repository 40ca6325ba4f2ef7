"""Plans as a page of the hub: what is done, by which index, how many rows it gave and how many pages of 8 KiB it touched."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

HEAD = """---
title: Plans
summary: How PostgreSQL finds what a listener asks for, statement by statement, among 20,000 places of 11,000 listeners.
reviewed: {today}
---

What a listener's devices ask for all day, and the plan of each statement, by PostgreSQL {version}: 11,000 listeners, 20,000
places in 11,000 recordings, 60,000 events, and as many bookmarks, items, conflicts, deletions and reviews as places. **No table of
10,000 rows or more is read from end to end.**

`capstone/tests/playback/test_plans.py` makes the rows, asks, and has each statement executed again by `EXPLAIN (ANALYZE, BUFFERS)`,
in every run. Steps and indexes must be those below. By another version of PostgreSQL they may differ; then only the rule in bold
is asked for. Rows and pages are of one run: what a statement gave, and how many pages of 8 KiB it touched.

A line is a step of the plan, from the last to the first. Statements that lock, wake the relay or open a savepoint are left out.
[Listening](listening.md) and [the hot path](hot-path.md) say what the requests are for.
"""
UNCHECKED = "<!-- unchecked: the test compares the steps in every run -->"
MEASURED = re.compile(r": [\d,]+ rows?, [\d,]+ pages?$", re.MULTILINE)


@dataclass(frozen=True)
class Asked:
    """A request, its statements, and the plan of each."""

    name: str
    statements: list[str]
    plans: list[dict[str, Any]]


def nodes(plan: dict[str, Any], depth: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    yield depth, plan
    for child in plan.get("Plans", []):
        yield from nodes(child, depth + 1)


def page(found: list[Asked], *, version: int) -> str:
    parts = [HEAD.format(today=timezone.now().date().isoformat(), version=version)]
    for one in found:
        count = len(one.statements)
        lines = [
            f"{head(statement)}{measured(plan)}\n{steps(plan)}"
            for statement, plan in zip(one.statements, one.plans, strict=True)
        ]
        parts.append(
            f"## `{one.name}`, {count} statement{'s' * (count > 1)}\n\n{UNCHECKED}\n```text\n"
            + "\n\n".join(lines)
            + "\n```\n"
        )
    return "\n".join(parts)


def requests_on(text: str) -> list[tuple[str, int]]:
    return [(name, int(count)) for name, count in re.findall(r"(?m)^## `(.+)`, (\d+) statements?$", text)]


def shapes_on(text: str) -> dict[str, str]:
    """Return {request: its statements' steps}, without what was measured."""
    sections = MEASURED.sub("", text).split("\n## ")[1:]
    return {heading: steps for heading, _, steps in (section.partition("\n") for section in sections)}


def version_on(text: str) -> int:
    return int(re.search(r"by PostgreSQL (\d+)", text)[1])


def measured(plan: dict[str, Any]) -> str:
    rows, pages = int(plan["Actual Rows"]), plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return f": {rows:,} row{'s' * (rows != 1)}, {pages:,} page{'s' * (pages != 1)}"


def head(statement: str) -> str:
    """Return what a statement does, to which table, without its values."""
    verb, outer = statement.split()[0], statement
    while (shorter := re.sub(r"\([^()]*\)", "", outer)) != outer:  # without subqueries
        outer = shorter
    named = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?(?!AS\b)(\w+)"?')
    table = named.search(outer) or named.search(statement)
    return f"{verb} {table[1] if table else ''}".strip()


def steps(plan: dict[str, Any]) -> str:
    """Return a plan's steps, a line each; the same step for several months of events stands once."""
    lines: list[str] = []
    for depth, node in nodes(plan):
        table = re.sub(r"_\d{4}_\d\d$", "_<month>", node.get("Relation Name", ""))
        index = re.sub(r"_\d{4}_\d\d_", "_<month>_", node.get("Index Name", ""))
        said = "  " * (depth + 1) + node["Node Type"]
        said += f" by {index}" if index else ""
        said += f" on {table}" if table else ""
        if not lines or lines[-1] != said:
            lines.append(said)
    return "\n".join(lines)
