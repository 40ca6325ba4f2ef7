"""What page N of the 60,000 readings costs, asked for by its number or reached by a link. `notebook.ipynb` plots it."""

import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from rest_playground.lists import PAGE, Get, captured, link_to_page, rows_read

PAGES = (1, 10, 100, 500, 1_000, 2_000, 2_400)  # the last page is 2,400
NUMBERED = "/step3/numbered/"
LINKED = "/step3/readings/"
HEADS = (
    " page",
    "offset: queries",
    "rows counted",
    "rows for the page",
    "keyset: queries",
    "rows for the page",
)


def numbered(page: int) -> str:
    """Return the address of a page by offset."""
    return f"{NUMBERED}?page={page}"


def linked(page: int) -> str:
    """Return the address of a page by keyset, which only the page before it tells a caller."""
    return f"{LINKED}?limit={PAGE}" if page == 1 else link_to_page(LINKED, page)


def rows_by_query(get: Get, address: str) -> list[int]:
    """Return how many rows each query of the answer read, in the order of the queries."""
    _, statements = captured(get, address)
    return [rows_read(statement) for statement in statements]


def count_lines(
    pages: Sequence[int], by_offset: Sequence[list[int]], by_keyset: Sequence[list[int]]
) -> Iterator[str]:
    """Yield the table of what ``rows_by_query`` counted for the pages, each way."""
    yield "  ".join(HEADS)
    for page, offset, keyset in zip(pages, by_offset, by_keyset, strict=True):
        cells = (page, len(offset), *offset, len(keyset), *keyset)
        yield "  ".join(f"{cell:>{len(head)},}" for head, cell in zip(HEADS, cells, strict=True))


def median_times(
    get: Get, addresses: Sequence[str], *, rounds: int, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """
    Return the median time of each answer, in the clock's unit.

    Each round asks every address once, so what slows the machine for a while slows them all alike.
    """
    times: list[list[float]] = [[] for _ in addresses]
    for _ in range(rounds):
        for address, taken in zip(addresses, times, strict=True):
            started = clock()
            get(address)
            taken.append(clock() - started)
    return [median(taken) for taken in times]
