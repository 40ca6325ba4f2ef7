"""
``./nexus bench``: each bench is a program that does the same thing several ways, in turn, and prints every round.

A round is a line of JSON: ``{way: {"seconds": …, "cpu_s": …}}``. One way is the yardstick, and the others are told as
ratios to it, round by round: what slows the machine for a moment slows both. Absolute figures are not told.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nexus.checks import plain_lines, print_table
from nexus.errors import NexusError, UnknownWord
from nexus.labs.manifest import shown
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT, Session, engines, new_ephemeral_state, session

FOLDER = CHECKOUT / "docs/transcripts"
HEADS = ["on", "way", "÷ {0}", "min–max", "processor ÷ {0}", "bar", "goal", ""]
Round = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Bench:
    """
    One comparison. ``module`` is the program, called with the number of rounds and ``size``, what is done in a round.

    ``goals``: for each way the ratio that may not be missed, and the one that we are after. ``on_brokers``: on each there is.
    """

    name: str
    what: str
    module: str
    yardstick: str
    goals: Mapping[str, tuple[float, float]]
    size: int
    on_brokers: bool = True


BENCHES = {
    "relay": Bench(
        "relay",
        "events handed from the outbox to the broker a second, against as many send_task in a loop",
        "nexus.bench.relay",
        "bare",
        {"relay": (0.5, 0.8)},
        1000,
    ),
    "graph": Bench(
        "graph",
        "pages of 20 recordings a second from the graph, against the same from REST's list, in one process",
        "nexus.bench.graph",
        "rest",
        {"graph": (0.30, 0.45)},
        50,
        on_brokers=False,
    ),
}


@dataclass(frozen=True)
class Result:
    """How one way compares with the yardstick: the ratio of speeds in each round, and that of processor time."""

    on: str
    way: str
    ratios: Sequence[float]
    processor: float
    bar: float
    goal: float

    @property
    def median(self) -> float:
        """Return the median ratio."""
        return statistics.median(self.ratios)

    @property
    def verdict(self) -> str:
        """Return what it amounts to."""
        if self.median < self.bar:
            return "BELOW THE BAR"
        return "goal reached" if self.median >= self.goal else "bar passed"

    def row(self) -> list[str]:
        """Return it as a row of the table."""
        spread = f"{min(self.ratios):.2f}–{max(self.ratios):.2f}"
        goals = [f"{self.bar:.2f}", f"{self.goal:.2f}"]
        return [
            self.on,
            self.way,
            f"{self.median:.2f}",
            spread,
            f"{self.processor:.2f}",
            *goals,
            self.verdict,
        ]


def bench(name: str, *, rounds: int, record: bool) -> int:
    """Measure, print the table, and write it into the hub where that is asked; return 1 where a bar is missed."""
    one = named(name)
    with session(new_ephemeral_state(), rabbitmq=one.on_brokers and has_rabbitmq()) as services:
        results = list(measured(one, services, rounds=rounds, size=one.size))
    title = f"{one.what}; {rounds} rounds of {one.size:,}, in turn"
    heads, rows = [head.format(one.yardstick) for head in HEADS], [result.row() for result in results]
    print(f"{title}\n")
    print_table(heads, rows)
    if one.on_brokers and not has_rabbitmq():
        print("\nRabbitMQ is left out: none is installed here, and RABBITMQ_URL names none.")
    if record:
        write(one, rounds, [title, "", *plain_lines(heads, rows)])
    return int(any(result.median < result.bar for result in results))


def named(name: str) -> Bench:
    """Return the bench of this name. Raises ``UnknownWord``."""
    if name not in BENCHES:
        raise UnknownWord("bench", name, list(BENCHES))
    return BENCHES[name]


def has_rabbitmq() -> bool:
    """Tell whether there is a RabbitMQ to measure on."""
    return bool(os.environ.get("RABBITMQ_URL")) or engines.rabbitmq_server() is not None


def measured(one: Bench, services: Session, *, rounds: int, size: int) -> Iterator[Result]:
    """Yield how each way compares, on each broker that there is."""
    brokers = {"Valkey" if one.on_brokers else "one process": services.environment["REDIS_URL"]}
    if one.on_brokers and (url := services.environment.get("RABBITMQ_URL")):
        brokers["RabbitMQ"] = url
    for on, url in brokers.items():
        environment = {
            **os.environ,
            "DATABASE_URL": services.database(f"bench_{one.name}"),
            "CELERY_BROKER_URL": url,
            "REDIS_URL": services.environment["REDIS_URL"],
        }
        found = run(one, environment, rounds=rounds, size=size)
        yield from compared(one, on, found)


def run(one: Bench, environment: Mapping[str, str], *, rounds: int, size: int) -> list[Round]:
    """Run the program and return its rounds. Raises ``NexusError`` where it fails, with its last words."""
    command = [*PYTHON_MODULE, one.module, str(rounds), str(size)]
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NexusError(
            f"the bench {one.name} ended with exit code {done.returncode}:\n{done.stderr.strip()[-2000:]}"
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def compared(one: Bench, on: str, rounds: Sequence[Round]) -> Iterator[Result]:
    """Yield each way's ratios to the yardstick."""
    for way, (bar, goal) in one.goals.items():
        ratios, processor = (
            [turn[one.yardstick][unit] / turn[way][unit] for turn in rounds] for unit in ("seconds", "cpu_s")
        )
        yield Result(on, way, ratios, statistics.median(processor), bar, goal)


def write(one: Bench, rounds: int, lines: Sequence[str]) -> None:
    """Write what was measured to where a page includes it."""
    file = FOLDER / f"bench-{one.name}.txt"
    command = f"$ ./nexus bench {one.name} --rounds {rounds}"
    file.write_text("\n".join(["# --8<-- [start:table]", command, *lines, "# --8<-- [end:table]", ""]))
    print(f"\nwrote {shown(file)}", file=sys.stderr)
