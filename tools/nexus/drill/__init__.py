"""
`./nexus drill`: kill workers and relays with ``kill -9``, stop the broker under load, and count what became of the work.

Each act has a stage of its own: PostgreSQL, a broker that writes to disk, workers, relay, mail server. Nothing of it is
left, whatever happens.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from nexus.drill.stage import FULL, SHORT, stage
from nexus.errors import NexusError
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT

ACTS = ("transcode", "mail", "relay", "broker")
BROKERS = ("rabbitmq", "valkey")
COLUMNS = ("act", "broker", "started", "finished", "lost", "doubled", "letters", "repeated", "recovered (s)")


def drill(acts: Sequence[str], brokers: Sequence[str], *, short: bool) -> int:
    """Play acts on brokers, each in a process of its own, and print a table; return 1 where anything was lost or doubled."""
    for name, known in [*((act, ACTS) for act in acts), *((broker, BROKERS) for broker in brokers)]:
        if name not in known:
            raise NexusError(f"there is no {name!r} to drill: {', '.join(known)}.")
    size = SHORT if short else FULL
    rows = []
    for act in acts or ACTS:
        for broker in brokers or BROKERS:
            print(f"drill: {act} on {broker} … ", end="", file=sys.stderr, flush=True)
            rows.append(row := played(act, broker, short=short))
            print(f"{row[3]} of {row[2]}, {row[5]} doubled", file=sys.stderr, flush=True)
    print(f"{datetime.now(UTC):%Y-%m-%d}, tasks of {size.task_seconds} s at most, {size.kills} × kill -9\n")
    for line in table([COLUMNS, *rows]):
        print(line)
    harmed = [row for row in rows if row[4] != "0" or row[5] != "0"]
    return 1 if harmed else 0


def played(
    act: str, broker: str, *, short: bool, environment: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """Play one act in a process of its own: Django's settings are a process's."""
    words = [act, broker, *["short"] * short]
    command = [*PYTHON_MODULE, "nexus.drill", *words]
    answer = subprocess.run(
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if answer.returncode:
        raise NexusError(f"the drill {act} on {broker} broke off; the reason stands above.")
    return tuple(answer.stdout.splitlines()[-1].split("\t"))


def play(act: str, broker: str, *, short: bool) -> tuple[str, ...]:
    """Play one act in this process, and return its row."""
    with stage(broker, SHORT if short else FULL) as here:
        os.environ.update(here.environment)
        import_module("django").setup()
        acts: Any = import_module("nexus.drill.acts")
        import_module("config.celery")
        found = acts.ACTS[act](here)
        import_module("django.db").connections.close_all()
    cells = (
        found.act,
        broker,
        found.started,
        found.finished,
        found.lost,
        found.doubled,
        found.letters,
        found.repeated,
        f"{found.recovered_s:.1f}",
    )
    return tuple(map(str, cells))


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as a Markdown table, its columns aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(row: Sequence[str]) -> str:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return f"| {' | '.join(cells)} |"

    rule = ["-" * width if column < 2 else f"{'-' * (width - 1)}:" for column, width in enumerate(widths)]
    return [line(rows[0]), line(rule), *map(line, rows[1:])]
