"""
Ask the same of every step, attack one, ask the same over REST, and print what each takes.

``DATABASE_URL=postgresql://… python labs/graphql/graphql_playground/show.py``. The counts are exact and the same on
every machine.
"""

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

if not __package__:  # run as a file: let "graphql_playground" be found
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from graphql_playground import stage, trials

STEPS = ("1 naive", "2 prefetch", "3 loaders", "4 look-ahead", "5 JSON")
SCREENS = {"20 titles": True, "5 films, and their directors' others": False}


def main() -> None:
    """Print the tables."""
    stage.open_stage()
    logging.getLogger("django.request").setLevel(logging.ERROR)  # the refusals are in the table
    print("\n".join(lines()))


def lines() -> Iterator[str]:
    """Measure, and yield the tables as plain text."""
    yield f"{stage.FILMS} films. Queries for each question, step by step, and its cost in objects."
    yield ""
    yield from table(["question", *STEPS, "cost"], answered())
    yield ""
    yield from table(["attack on step 4", "status", "code", "queries"], attacked())
    yield ""
    yield from table(["screen", "requests", "queries", "bytes"], compared())


def answered() -> Iterator[Sequence[object]]:
    """Yield each question with its queries at each step, and its cost. Raises ``RuntimeError`` where one fails."""
    for name, document in trials.DOCUMENTS.items():
        answers = [trials.ask(f"step{step[0]}", {"query": document}) for step in STEPS]
        trials.total(answers)
        cost = answers[0].body["extensions"]["cost"]
        yield [name, *[answer.queries for answer in answers], cost]


def attacked() -> Iterator[Sequence[object]]:
    """Yield each attack with what it is answered."""
    for name in trials.ATTACKS:
        yield [name, *trials.attacked(name)]


def compared() -> Iterator[Sequence[object]]:
    """Yield what each screen takes over REST, and from the graph of step 4."""
    for name, titles_alone in SCREENS.items():
        for interface, one in (
            ("REST", trials.by_rest(titles_alone)),
            ("graph", trials.by_graph("step4", titles_alone)),
        ):
            yield [f"{name}: {interface}", one.requests, one.queries, one.size_bytes]


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield aligned lines: the first column to the left, the others to the right."""
    cells = [
        list(heads),
        *[[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows],
    ]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
    for first, *others in cells:
        aligned = (f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True))
        yield "  ".join([f"{first:<{widths[0]}}", *aligned]).rstrip()


if __name__ == "__main__":
    main()
