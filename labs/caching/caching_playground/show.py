"""
Ask for the same front page six ways, change a price, come in a crowd, take the service and the cache away, and count.

``DATABASE_URL=… REDIS_URL=… python labs/caching/caching_playground/show.py``. The cache is reached through a proxy of
ours, which is cut; time is turned, in the cache too. The counts are the same on every machine.
"""

import logging
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

if not __package__:  # run as a file: let "caching_playground" be found
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from caching_playground.proxy import Proxy

STEPS = ("1 none", "2 time-out", "3 delete", "4 version", "5 remember", "6 outbound")
ROWS = (
    "queries, cold / warm",
    "service calls, cold / warm",
    "hits, of 200 pages",
    "p95 of their wait, in ms",
    "old price after a save",
    "old price after update()",
    "old price read meanwhile",
    "German reader gets English",
    "Bo is greeted as Ada",
    "made for 50 at once",
    "service down: errors of 10",
    "service down: calls",
    "cache away: errors of 10",
)


def main() -> None:
    """Print the table."""
    proxy = Proxy(os.environ["REDIS_URL"])
    os.environ["REDIS_URL"] = proxy.url
    from caching_playground import stage  # noqa: PLC0415 -- it reads the settings, which read the address

    stage.open_stage()
    logging.disable(logging.CRITICAL)  # the errors are counted
    from caching_playground import trials  # noqa: PLC0415 -- models, after Django is set up

    print("\n".join(lines(trials.measure(proxy))))


def lines(columns: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of the table."""
    columns = list(columns)
    widths = [max(len(step), 7) for step in STEPS]
    yield f"{'step':<28}" + "".join(f"  {step:>{width}}" for step, width in zip(STEPS, widths, strict=True))
    for number, row in enumerate(ROWS):
        cells = [str(column[number]) for column in columns]
        yield f"{row:<28}" + "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


if __name__ == "__main__":
    main()
