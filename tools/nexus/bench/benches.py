"""
``./nexus bench``: each bench is a program that does the same thing several ways, in turn, and prints every round.

A round is a line of JSON: ``{way: {"seconds": …, "cpu_s": …}}``. Ways are told as ratios of speed to a yardstick, round by
round: what slows the machine for a moment slows both. Absolute figures are not told, but where a
bar is one (memory).
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
class Goal:
    """A way and its yardstick; the ratio that may not be missed and the one we are after, or none for a rung of a ladder."""

    way: str
    yardstick: str
    bar: float | None = None
    goal: float | None = None


@dataclass(frozen=True)
class Bench:
    """
    One comparison. ``module`` is the program, called with the number of rounds and ``size``, what it does it to.

    ``on_brokers``: once for each broker. ``peers``: those that need the outside peer. ``figures``: ways that are told in
    their unit too, for it is what the bar speaks of.
    """

    name: str
    what: str
    module: str
    goals: Sequence[Goal]
    size: int
    on_brokers: bool = False
    peers: Sequence[Goal] = ()
    figures: Sequence[str] = ()


LADDER = ("joins", "naive", "model-serializers", "serializers", "dicts", "orm-cards")
BENCHES = {
    "reads": Bench(
        "reads",
        "lists of 20 at random depth and single recordings, answers a second; one worker, 2 connections",
        "nexus.bench.reads",
        [
            Goal("compiled", "cards", 0.42, 0.60),
            Goal("compiled", "joins", 1.2, 1.5),
            Goal("compiled", "model-serializers", 10, 15),
            Goal("detail", "whole", 0.40, 0.60),
            Goal("search", "found", 0.62, 0.80),
            Goal("kept list", "empty view", 0.85, 0.95),
            *(Goal(rung, "cards") for rung in LADDER),
        ],
        20_000,
        peers=[Goal("compiled", "fastapi", 1.2, 2), Goal("fastapi", "cards")],
    ),
    "growth": Bench(
        "growth",
        "the same answers from 100 times as many recordings, and deep in the list; ratios of time in reverse",
        "nexus.bench.growth",
        [
            *(
                Goal(f"{name} of many, {figure}", f"{name} of few, {figure}", 1 / 1.5, 1 / 1.1)
                for name in ("list", "detail", "search", "home")
                for figure in ("median", "p95")
            ),
            *(
                Goal(f"broad search of many, {figure}", f"broad search of few, {figure}")
                for figure in ("median", "p95")
            ),
            Goal("page 2,500", "page 1", 0.85, 0.95),
        ],
        100_000,
    ),
    "listening": Bench(
        "listening",
        "ticks against a program of the same statements, and a bare upsert; a listener's pages among many places and among few, ratios of time in reverse",
        "nexus.bench.listening",
        [
            Goal("tick", "same statements", 0.40, 0.60),
            Goal("tick", "upsert"),
            *(
                Goal(f"{name} of many, {figure}", f"{name} of few, {figure}", 1 / 1.5, 1 / 1.1)
                for name in ("home", "library", "changes")
                for figure in ("median", "p95")
            ),
        ],
        1_000_000,
    ),
    "cache": Bench(
        "cache",
        "answers of the catalogue made anew, kept, and known to the caller, against the server's static answer",
        "nexus.bench.cache",
        [
            Goal(f"{name} {kind}", "static")
            for name in ("audiobooks/", "audiobooks/{id}/", "books/", "people/", "genres/")
            for kind in ("anew", "kept", "304")
        ],
        200,
    ),
    "without-valkey": Bench(
        "without-valkey",
        "p95 of a list while Valkey is killed under load, and once it is back; any error fails the bench",
        "nexus.bench.without_valkey",
        [Goal("killed", "there", 0.02, 0.1), Goal("back", "there", 0.2, 0.8)],
        200,
    ),
    "memory": Bench(
        "memory",
        "the largest of two workers after so many mixed requests, ratios of memory in reverse; starts, of time in reverse",
        "nexus.bench.memory",
        [
            Goal("worker", "85 MiB", 85 / 110, 1),
            *(Goal(f"API, {kind} start", f"bare, {kind} start") for kind in ("cold", "warm")),
        ],
        4_000,
        figures=("worker at start", "worker", "API, cold start", "API, warm start"),
    ),
    "graph": Bench(
        "graph",
        "pages of 20 recordings from the graph, against the same from REST's list, one after the other in one process",
        "nexus.bench.graph",
        [Goal("graph", "rest", 0.30, 0.45), Goal("naive", "rest"), Goal("graph", "naive")],
        20,
        peers=[Goal("strawberry", "rest"), Goal("graph", "strawberry")],
    ),
    "relay": Bench(
        "relay",
        "events handed from the outbox to the broker a second, against as many send_task in a loop",
        "nexus.bench.relay",
        [Goal("relay", "bare", 0.5, 0.8)],
        1000,
        on_brokers=True,
    ),
}


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
        "rounds": found,
    }
    file.with_suffix(".json").write_text(json.dumps(evidence, indent=1) + "\n")
    print(f"\nwrote {shown(file)} and its rounds as JSON", file=sys.stderr)
