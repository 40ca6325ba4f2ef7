"""
Run the three steps and print what each costs.

``DATABASE_URL=postgresql://… python labs/rest/rest_playground/show.py``. The counts are exact and the same on
every machine. What PostgreSQL read comes from EXPLAIN ANALYZE of the very queries that the answer took.
"""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

if not __package__:  # run as a file: let "rest_playground" be found
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rest_playground.stage import READINGS, open_stage

PAGE = 25
DEEP = 2_000  # the page that is measured
WALKED = 40  # pages that a reader walks while readings come and go
TABLE = "rest_playground_reading"

Get = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step costs. ``seconds`` is for ratios within this run alone."""

    step: str
    queries: int
    rows_read: int
    bytes_answered: int
    doubled: int
    lost: int
    seconds: float


def main() -> None:
    """Print the table."""
    open_stage()
    print("\n".join(lines(measure())))


def measure() -> list[Cost]:
    """Run every step on the 60,000 readings; whatever the walks insert or delete is rolled back."""
    client = Client(SERVER_NAME="localhost")

    def get(address: str) -> Any:
        response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}: {response.content[:500]!r}")
        return response

    return [
        cost("1 everything", get, "/step1/readings/", everything),
        cost("2 offset", get, f"/step2/readings/?page={DEEP}", numbered_pages),
        cost("3 keyset", get, link_to_deep_page(get), linked_pages),
    ]


def cost(step: str, get: Get, address: str, walk: Callable[[Get], Iterable[list[int]]]) -> Cost:
    """Measure one answer, then two walks from the newest reading: while readings arrive, and while some vanish."""
    with CaptureQueriesContext(connection) as queries:
        started = perf_counter()
        response = get(address)
        seconds = perf_counter() - started
    statements = [query["sql"] for query in queries]
    doubled, _ = walked(walk(get), arrival)
    _, lost = walked(walk(get), removal)
    rows = sum(rows_read(statement) for statement in statements)
    return Cost(step, len(statements), rows, len(response.content), doubled, lost, seconds)


def everything(get: Get) -> Iterable[list[int]]:
    """Yield the ids of the one and only page."""
    yield ids(get("/step1/readings/"))


def numbered_pages(get: Get) -> Iterable[list[int]]:
    """Yield the ids of page 1, page 2, …"""
    for number in range(1, WALKED + 1):
        yield ids(get(f"/step2/readings/?page={number}"))


def linked_pages(get: Get) -> Iterable[list[int]]:
    """Yield the ids of the first page, and of those that each links to as the next."""
    link = f"/step3/readings/?limit={PAGE}"
    for _ in range(WALKED):
        page = get(link)
        yield ids(page)
        link = page.json()["next"]


def link_to_deep_page(get: Get) -> str:
    """Follow the links to page 2,000, in the longest strides that are allowed."""
    remaining, link = (DEEP - 1) * PAGE, "/step3/readings/?limit=100"
    while remaining:
        stride = min(100, remaining)
        link = (
            get(link.replace("limit=100", f"limit={stride}"))
            .json()["next"]
            .replace(f"limit={stride}", "limit=100")
        )
        remaining -= stride
    return link.replace("limit=100", f"limit={PAGE}")


def ids(response: Any) -> list[int]:
    """Return the ids of the readings in an answer of any step."""
    body = response.json()
    return [reading["id"] for reading in (body if isinstance(body, list) else body["results"])]


def walked(pages: Iterable[list[int]], between: Callable[[list[int]], None]) -> tuple[int, int]:
    """Walk, with something happening after each page; return how many readings were (shown twice, never shown)."""
    with transaction.atomic():
        before = newest_first()
        seen: list[int] = []
        for page in pages:
            seen += page
            between(page)
        staying = set(newest_first())
        transaction.set_rollback(True)
    passed = set(before[: before.index(seen[-1])])
    return len(seen) - len(set(seen)), len(passed & staying - set(seen))


def newest_first() -> list[int]:
    """Return the ids of all readings."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {TABLE} ORDER BY recorded_at DESC, id DESC")  # noqa: S608 -- a constant
        return [pk for (pk,) in cursor.fetchall()]


def arrival(page: list[int]) -> None:
    """Let a new reading arrive, whatever the page was."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (station_id, recorded_at, wind_kmh, is_verified) "  # noqa: S608 -- a constant
            f"SELECT 'S01', max(recorded_at) + interval '1 minute', 0, false FROM {TABLE}"
        )


def removal(page: list[int]) -> None:
    """Delete the last reading of the page, which the reader has seen."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE id = %s", [page[-1]])  # noqa: S608 -- a constant


def rows_read(query: str) -> int:
    """Return how many rows of tables and indexes PostgreSQL reads for ``query``."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}")
        (explained,) = cursor.fetchone()
    (plan,) = explained if isinstance(explained, list) else json.loads(explained)
    return rows_scanned(plan["Plan"])


def rows_scanned(node: dict[str, Any]) -> int:
    """Add up what the scans at the leaves of a plan read, kept or not."""
    read = 0
    if "Relation Name" in node:
        read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return round(read) + sum(rows_scanned(child) for child in node.get("Plans", ()))


def lines(costs: list[Cost]) -> Iterable[str]:
    """Yield the table as plain text."""
    yield f"{READINGS:,} readings. Step 1 answers all of them, steps 2 and 3 page {DEEP:,} of {PAGE} each."
    yield ""
    yield "step          queries  rows read  bytes answered  doubled  lost  time ÷ step 1"
    for each in costs:
        ratio = each.seconds / costs[0].seconds
        yield (
            f"{each.step:<12}  {each.queries:>7}  {each.rows_read:>9,}  {each.bytes_answered:>14,}"
            f"  {each.doubled:>7}  {each.lost:>4}  {ratio:>13.3f}"
        )
    yield ""
    yield f"doubled: of a walk over {WALKED} pages, one new reading arriving after each."
    yield f"lost: of a walk over {WALKED} pages, the last reading of each being deleted."


if __name__ == "__main__":
    main()
