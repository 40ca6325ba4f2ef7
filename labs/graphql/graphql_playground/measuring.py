"""What the notebook measures: queries and time against the length of the list, way by way."""

from collections.abc import Mapping, Sequence
from time import process_time

from graphql_playground import trials
from graphql_playground.trials import CARD, Answered

WAYS: Mapping[str, str] = {
    "naive": "step1",
    "prefetch": "step2",
    "loaders": "step3",
    "look-ahead": "step4",
    "JSON": "step5",
}
BREADTHS = (1, 5, 20, 50, 100)
ROUNDS = 5
EVERYTHING = f"query ($first: Int) {{films(first: $first) {{nodes {{{CARD}}}}}}}"
TITLES = "query ($first: Int) {films(first: $first) {nodes {title}}}"


def asked(way: str, document: str, first: int) -> Answered:
    """Ask for so many films. Raises ``RuntimeError`` where the answer is an error."""
    answered = trials.ask(WAYS[way], {"query": document, "variables": {"first": first}})
    trials.total([answered])
    return answered


def queries(document: str, breadths: Sequence[int] = BREADTHS) -> dict[str, list[int]]:
    """Return how many queries each way takes at each breadth."""
    return {way: [asked(way, document, first).queries for first in breadths] for way in WAYS}


def times(document: str, breadths: Sequence[int] = BREADTHS, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """
    Return the processor time that each way takes of Python, in multiples of JSON's at the same breadth.

    PostgreSQL's own is not in it. Ways take turns, and the shortest of the rounds counts: the rest of the machine only adds.
    """
    taken: dict[tuple[str, int], list[float]] = {(way, first): [] for way in WAYS for first in breadths}
    for _ in range(rounds):
        for way, first in taken:
            start = process_time()
            asked(way, document, first)
            taken[way, first].append(process_time() - start)
    shortest = {key: min(values) for key, values in taken.items()}
    return {way: [shortest[way, first] / shortest["JSON", first] for first in breadths] for way in WAYS}


def first_and_again(rounds: int = 9) -> float:
    """Return how much longer a document takes that is asked for the first time, as a multiple of the second; the shortest of each."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        document = f"query Q{number} {{films(first: 1) {{nodes {{{CARD}}}}}}}"
        for seconds in taken:
            start = process_time()
            trials.total([trials.ask("step5", {"query": document})])
            seconds.append(process_time() - start)
    return min(taken[0]) / min(taken[1])
