"""
Take the same order five ways, kill the worker, stop the broker, kill the relay, and count what became of the orders.

``DATABASE_URL=… CELERY_BROKER_URL=… python labs/celery/celery_playground/show.py``. The broker is reached through a proxy
of ours, which is cut: that works with every broker. The counts are the same on every machine and on every broker.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

if not __package__:  # run as a file: let "celery_playground" be found
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from celery_playground.proxy import Proxy

ORDERS = 10
STEPS = ("1 request", "2 delay", "3 on commit", "4 outbox", "5 receipts")
ROWS = (
    "queries before the answer",
    "settled when answered",
    "task before commit: lost",
    "broker away: errors",
    "broker away: lost",
    "worker killed: half done",
    "worker killed: charged twice",
    "relay killed: charged twice",
)


def main() -> None:
    """Print the table."""
    with Proxy(os.environ["CELERY_BROKER_URL"]) as proxy:
        os.environ["CELERY_BROKER_URL"] = proxy.url  # ours, and that of the workers we start
        os.environ.setdefault("PLAYGROUND_QUEUE", f"show-{uuid4().hex[:8]}")
        os.environ.setdefault(
            "PLAYGROUND_DATABASE", "celery_show"
        )  # a relay of the server would take our events
        from celery_playground import stage  # noqa: PLC0415 -- it reads the settings, which read the address

        stage.open_stage()
        from celery_playground import trials  # noqa: PLC0415 -- models, after Django is set up

        print("\n".join(lines(trials.measure(proxy))))


def lines(columns: Iterable[Sequence[int | None]]) -> Iterator[str]:
    """Yield the lines of the table."""
    columns = list(columns)
    widths = [max(len(step), 9) for step in STEPS]
    yield f"{ORDERS} orders for each count; 1 where a worker is killed.\n"
    yield f"{'step':<30}" + "".join(f"  {step:>{width}}" for step, width in zip(STEPS, widths, strict=True))
    for number, row in enumerate(ROWS):
        cells = ["–" if column[number] is None else str(column[number]) for column in columns]
        yield f"{row:<30}" + "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


if __name__ == "__main__":
    main()
