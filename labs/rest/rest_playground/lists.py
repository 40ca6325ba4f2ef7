"""What answering a list costs, and what a reader of page after page misses. Whatever it changes is rolled back."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lab_rest.cursors import Place, scope_of, write_cursor

PAGE = 25
DEEP = 2_000  # the page that is measured
WALKED = 40  # pages that a reader walks while readings come and go
TABLE = "rest_playground_reading"
NEWEST_FIRST = f"SELECT id, recorded_at FROM {TABLE} ORDER BY recorded_at DESC, id DESC"  # noqa: S608 -- a constant

Get = Callable[[str], Any]
Pages = Callable[[Get, str], Iterable[list[int]]]


@dataclass(frozen=True, slots=True)
class ListCost:
    """What one answer took, and how many readings two walks showed twice or never."""

    queries: int
    rows_read: int
    bytes_answered: int
    doubled: int
    lost: int


def list_cost(get: Get, root: str, deep: str, pages: Pages) -> ListCost:
    """Measure the answer at ``deep``, then walk from ``root`` twice: while readings arrive, and while some vanish."""
    response, statements = captured(get, deep)

    def known(address: str) -> Any:
        return response if address == deep else get(address)  # both walks start on the stage as it was

    doubled, _ = walked(pages(known, root), arrival)
    _, lost = walked(pages(known, root), removal)
    rows = sum(rows_read(statement) for statement in statements)
    return ListCost(len(statements), rows, len(response.content), doubled, lost)


def captured(get: Get, address: str) -> tuple[Any, list[str]]:
    """Return the answer, and the SQL statements it took."""
    with CaptureQueriesContext(connection) as queries:
        response = get(address)
    return response, [query["sql"] for query in queries]


def everything(get: Get, root: str) -> Iterable[list[int]]:
    """Yield the ids of the one and only page."""
    yield ids(get(root))


def numbered_pages(get: Get, root: str) -> Iterable[list[int]]:
    """Yield the ids of page 1, page 2, …"""
    for number in range(1, WALKED + 1):
        yield ids(get(f"{root}?page={number}"))


def linked_pages(get: Get, root: str) -> Iterable[list[int]]:
    """Yield the ids of the first page, and of those that each links to as the next."""
    link = f"{root}?limit={PAGE}"
    for _ in range(WALKED):
        page = get(link)
        yield ids(page)
        link = page.json()["next"]


def link_to_deep_page(get: Get, root: str) -> str:
    """Return the link to page 2,000."""
    return link_to_page(root, DEEP)


def link_to_page(root: str, number: int) -> str:
    """Return the link that the pages before lead to, from page 2 on; written by the part, it is one query."""
    with connection.cursor() as cursor:
        cursor.execute(f"{NEWEST_FIRST} OFFSET %s LIMIT 1", [(number - 1) * PAGE - 1])
        pk, recorded_at = cursor.fetchone()
    scope = scope_of(root, [], ["-recorded_at", "-id"])
    place = write_cursor(Place((recorded_at, pk)), ordering="newest", scope=scope)
    return f"http://localhost{root}?cursor={place}&limit={PAGE}"


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
        cursor.execute(NEWEST_FIRST)
        return [pk for pk, _ in cursor.fetchall()]


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
