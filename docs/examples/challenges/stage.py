"""What the challenges share: Django on their own database, a table to print, and statements counted."""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import django

PASSWORD = "a long walk by the sea"  # noqa: S105 -- of accounts that live as long as the program


def begin() -> None:
    """Set Django up on the database that `./nexus challenge` made for us."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.disable(logging.CRITICAL)  # what goes wrong here is meant to


def say(*lines: str) -> None:
    """Print lines."""
    sys.stdout.write("\n".join([*lines, ""]))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table, numbers to the right and with commas, and a blank line after it."""
    lines = [list(heads), *([told(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        first, *others = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        say("  ".join([first.strip().ljust(widths[0]), *others]).rstrip())
    say("")


def told(cell: object) -> str:
    """Return a cell's text."""
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """Yield a function that says how many statements the database was sent since."""
    from django.db import connection  # noqa: PLC0415 -- once Django is set up
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as statements:
        yield lambda: len(statements)
