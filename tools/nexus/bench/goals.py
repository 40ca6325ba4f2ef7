"""The benches there are: what each compares, what may not be missed, and what we are after."""

from collections.abc import Sequence
from dataclasses import dataclass


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


LADDER = ("joins", "naive", "model-serializers", "serializers", "dicts", "orm-cards", "compiled")
BENCHES = {
    "reads": Bench(
        "reads",
        "lists of 20 at random depth and single recordings, answers a second; one worker, 2 connections",
        "nexus.bench.reads",
        [
            Goal("list", "cards", 0.42, 0.60),
            Goal("list", "joins", 1.2, 1.5),
            Goal("list", "model-serializers", 10, 15),
            Goal("recording", "whole", 0.40, 0.60),
            Goal("search", "found", 0.62, 0.80),
            Goal("kept list", "empty view", 0.85, 0.95),
            *(Goal(rung, "cards") for rung in LADDER),
            Goal("recording by Django", "whole"),
        ],
        20_000,
        peers=[Goal("list", "fastapi", 1.2, 2), Goal("fastapi", "cards")],
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
