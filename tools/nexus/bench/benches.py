"""
``./nexus bench``: each bench is a program that does the same thing several ways, in turn, and prints every round.

A round is a line of JSON: ``{way: {"seconds": …, "cpu_s": …}}``. Ways are told as ratios of speed to a yardstick, round by
round: what slows the machine for a moment slows both. Absolute figures are told only where a bar is one: memory.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from nexus import on_demand
from nexus.bench.goals import BENCHES, Bench, Goal
from nexus.checks import plain_lines, print_table
from nexus.environment import capstone_environment
from nexus.errors import NexusError, UnknownWord
from nexus.evidence_page import hash_of_sources
from nexus.labs.manifest import shown
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT, Session, engines, new_ephemeral_state, session

FOLDER = CHECKOUT / "docs/transcripts"
HEADS = ["on", "way", "÷ yardstick", "ratio", "min–max", "processor", "bar", "goal", ""]
BAR_WIDTH = 20
UNITS = {"seconds": "s", "mib": "MiB"}
Round = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Result:
    """How a way compares with its yardstick: the ratio in each round, and that of processor time where it was measured."""

    on: str
    goal: Goal
    ratios: Sequence[float]
    processor: float | None

    @property
    def median(self) -> float:
        """Return the median ratio."""
        return statistics.median(self.ratios)

    @property
    def is_missed(self) -> bool:
        """Tell whether it is below its bar."""
        return self.goal.bar is not None and self.median < self.goal.bar

    @property
    def verdict(self) -> str:
        """Return what it amounts to."""
        if self.goal.bar is None or self.goal.goal is None:
            return "█" * min(round(self.median * BAR_WIDTH), 2 * BAR_WIDTH) or "▏"
        if self.is_missed:
            return "BELOW THE BAR"
        return "goal reached" if self.median >= self.goal.goal else "bar passed"

    def row(self) -> list[str]:
        """Return it as a row of the table."""
        spread = f"{figure(min(self.ratios))}–{figure(max(self.ratios))}"
        others = [
            "" if one is None else figure(one) for one in (self.processor, self.goal.bar, self.goal.goal)
        ]
        names = [self.on, self.goal.way, self.goal.yardstick]
        return [*names, figure(self.median), spread, *others, self.verdict]


def figure(ratio: float) -> str:
    """Return a ratio with as many digits as it deserves."""
    return f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}"


def bench(name: str, *, rounds: int, record: bool, size: int | None = None, peers: bool = False) -> int:
    """Measure, print the table, and write it into the hub where that is asked; return 1 where a bar is missed."""
    one = named(name)
    if peers and one.peers:
        on_demand.install("bench")
    asked_for, size = size, size or one.size
    with session(new_ephemeral_state(), rabbitmq=one.on_brokers and has_rabbitmq()) as services:
        found = dict(measured(one, services, rounds=rounds, size=size, peers=peers))
    results = [result for on, turns in found.items() for result in compared(one, on, turns)]
    title = f"{one.what}; {rounds} rounds of {size:,}, in turn"
    rows = [result.row() for result in results]
    print(f"{title}\n")
    print_table(HEADS, rows)
    figures = [line for turns in found.values() for line in figures_of(one, turns)]
    print("\n".join(["", *figures] if figures else []), end="\n" * bool(figures))
    if one.on_brokers and not has_rabbitmq():
        print("\nRabbitMQ is left out: none is installed here, and RABBITMQ_URL names none.")
    if record:
        sized = f" --size {size}" if asked_for else ""
        command = f"$ ./nexus bench {name} --rounds {rounds}{sized}{' --peers' if peers else ''}"
        write(one, [command, title, "", *plain_lines(HEADS, rows), *figures], found, results)
    return int(any(result.is_missed for result in results))


def named(name: str) -> Bench:
    """Return the bench of this name. Raises ``UnknownWord``."""
    if name not in BENCHES:
        raise UnknownWord("bench", name, list(BENCHES))
    return BENCHES[name]


def has_rabbitmq() -> bool:
    """Tell whether there is a RabbitMQ to measure on."""
    return bool(os.environ.get("RABBITMQ_URL")) or engines.rabbitmq_server() is not None


def measured(
    one: Bench, services: Session, *, rounds: int, size: int, peers: bool = False
) -> Iterator[tuple[str, list[Round]]]:
    """Yield what each engine there is was measured on, and its rounds."""
    own = {
        **capstone_environment(services),
        "DATABASE_URL": services.database(f"bench_{one.name.replace('-', '_')}"),
    }
    where = {"PostgreSQL": own}
    if one.on_brokers:
        brokers = {
            "Valkey": services.environment["REDIS_URL"],
            "RabbitMQ": services.environment.get("RABBITMQ_URL"),
        }
        where = {on: own | {"CELERY_BROKER_URL": url} for on, url in brokers.items() if url}
    for on, environment in where.items():
        yield on, run(one, environment, rounds=rounds, size=size, peers=peers)


def run(
    one: Bench, environment: Mapping[str, str], *, rounds: int, size: int, peers: bool = False
) -> list[Round]:
    """Run the program and return its rounds. Raises ``NexusError`` where it fails, with its last words."""
    command = [*PYTHON_MODULE, one.module, str(rounds), str(size), *["--peers"] * peers]
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NexusError(
            f"the bench {one.name} ended with exit code {done.returncode}:\n{done.stderr.strip()[-2000:]}"
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def compared(one: Bench, on: str, rounds: Sequence[Round]) -> Iterator[Result]:
    """Yield each way's ratios to its yardstick; those of a peer only where it was there."""
    there = [goal for goal in one.peers if {goal.way, goal.yardstick} <= set(rounds[0])]
    for goal in (*one.goals, *there):
        first = rounds[0][goal.way]
        ratios, *processor = (
            [turn[goal.yardstick][unit] / turn[goal.way][unit] for turn in rounds]
            for unit in (unit_of(first), *({"cpu_s"} & set(first)))
        )
        yield Result(on, goal, ratios, statistics.median(processor[0]) if processor else None)


def unit_of(measured: Mapping[str, float]) -> str:
    """Return what of a way is compared: its time or, where it has none, its memory."""
    return "seconds" if "seconds" in measured else "mib"


def figures_of(one: Bench, rounds: Sequence[Round]) -> Iterator[str]:
    """Yield in a line each what of a bench is told as it is: its median, and the smallest and largest."""
    for way in one.figures:
        unit = unit_of(rounds[0][way])
        values = [turn[way][unit] for turn in rounds]
        spread = f"{figure(min(values))}–{figure(max(values))}"
        yield f"{way}: {figure(statistics.median(values))} {UNITS[unit]} ({spread})"


def write(
    one: Bench, lines: Sequence[str], found: Mapping[str, Sequence[Round]], results: Sequence[Result]
) -> None:
    """Write what was measured to where a page includes it, and every round beside it."""
    file = FOLDER / f"bench-{one.name}.txt"
    file.write_text("\n".join(["# --8<-- [start:table]", *lines, "# --8<-- [end:table]", ""]))
    told = [asdict(result) | {"median": result.median} for result in results]
    evidence = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}",
        "sources": hash_of_sources(),
        "results": told,
        "figures": [line for turns in found.values() for line in figures_of(one, turns)],
        "rounds": found,
    }
    file.with_suffix(".json").write_text(json.dumps(evidence, indent=1) + "\n")
    print(f"\nwrote {shown(file)} and its rounds as JSON", file=sys.stderr)
