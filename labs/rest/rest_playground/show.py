"""
Run every step and print what each one costs, and what it answers.

``DATABASE_URL=postgresql://… python labs/rest/rest_playground/show.py``. The counts are exact and the same on
every machine. What PostgreSQL read comes from EXPLAIN ANALYZE of the very queries that the answer took.
"""

import logging
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: let "rest_playground" be found
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from django.test import Client

from rest_playground import lists, stage, writes
from rest_playground.lists import DEEP, PAGE, WALKED, Get, Pages

# name, address of the list, address of the answer that is measured, how to walk
STEPS: Sequence[tuple[str, str, Callable[[Get, str], str], Pages]] = (
    ("1 everything", "/step1/readings/", lambda get, root: root, lists.everything),
    ("2 router", "/step2/readings/", lambda get, root: root, lists.everything),
    ("3 offset", "/step3/numbered/", lambda get, root: f"{root}?page={DEEP}", lists.numbered_pages),
    ("3 keyset", "/step3/readings/", lists.link_to_deep_page, lists.linked_pages),
    ("4 JWT", "/step4/readings/", lists.link_to_deep_page, lists.linked_pages),
    ("5 contract", "/step5/readings/", lists.link_to_deep_page, lists.linked_pages),
)
ROWS = (
    "queries",
    "rows read",
    "bytes answered",
    "readings shown twice",
    "readings never shown",
    "bytes to who has it",
    "updates lost, of 2",
    "rows after 2 equal POSTs",
    *writes.WRONG,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One step, and its count or status in each of ``ROWS``; None where the step has nothing of the kind."""

    step: str
    cells: Sequence[int | None]


def main() -> None:
    """Print the table."""
    stage.open_stage()
    logging.getLogger("django.request").setLevel(logging.ERROR)  # the refusals are in the table
    print("\n".join(lines(measure())))


def measure() -> list[Column]:
    """Run every step on the 60,000 readings, and put them back as they were."""
    costs = [astuple(lists.list_cost(get, root, deep(get, root), pages)) for _, root, deep, pages in STEPS]
    try:
        ada, bo = writes.token_of("ada", "rain-gauge-7"), writes.token_of("bo", "wind-vane-3")
        answers = [tuple(written(writes.Step(root, ada, bo))) for _, root, *_ in STEPS]
    finally:
        stage.fill()
    return [
        Column(step, cost + answer) for (step, *_), cost, answer in zip(STEPS, costs, answers, strict=True)
    ]


def get(address: str) -> Any:
    """Return the answer. Raises ``RuntimeError`` where it is not a 200."""
    response = Client(SERVER_NAME="localhost").get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}: {response.content[:500]!r}")
    return response


def written(step: writes.Step) -> Iterable[int | None]:
    """Yield what becomes of writes at a step; a list alone has no address to write to."""
    is_list_alone = step.send("GET", step.reading).status_code == 404
    for count in (writes.bytes_again, writes.updates_lost, writes.rows_of_equal_posts):
        yield None if is_list_alone else count(step)
    for status in writes.WRONG.values():
        yield None if is_list_alone and status is not writes.unknown_parameter else status(step)


def lines(columns: Sequence[Column]) -> Iterable[str]:
    """Yield the table as plain text."""
    yield f"{stage.READINGS:,} readings. Steps 1 and 2 answer all of them; from step 3 on, page {DEEP:,} of {PAGE} each."
    yield ""
    widths = [max(len(column.step), *(len(shown(cell)) for cell in column.cells)) for column in columns]
    rows = [("step", [column.step for column in columns])]
    rows += [(name, [shown(column.cells[at]) for column in columns]) for at, name in enumerate(ROWS)]
    for name, cells in rows:
        aligned = (f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        yield "  ".join([f"{name:<{max(map(len, ROWS))}}", *aligned])
    yield ""
    yield f"shown twice: of a walk over {WALKED} pages, one new reading arriving after each."
    yield f"never shown: of a walk over {WALKED} pages, the last reading of each being deleted."


def shown(cell: int | None) -> str:
    """Write a count; a dash where there is none."""
    return "–" if cell is None else f"{cell:,}"


if __name__ == "__main__":
    main()
