"""Six queries of the catalogue on 20,000 recordings: what PostgreSQL reads for each, without and with its index."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import stage

stage.begin()

from django.db import connection, transaction  # noqa: E402 -- once Django is set up
from django.db.models import QuerySet  # noqa: E402
from django.db.models.functions import Upper  # noqa: E402

from audiobooks.catalog.models import Audiobook, Credit  # noqa: E402
from audiobooks.catalog.selectors import audiobooks_visible_to  # noqa: E402
from audiobooks.principal import ANONYMOUS  # noqa: E402

PAGE = 26  # 25 and one more, to know whether there is a next page
# Every value is computed from the row's number, so the rows are the same on every machine.
ROWS = """
    INSERT INTO catalog_book (id, title, subtitle, sort_title, original_language, version)
    SELECT md5('book' || n)::uuid, w, '', w, 'en', 1
    FROM generate_series(1, 20000) n, LATERAL (SELECT words[1 + n % 8] || ' ' || words[1 + n / 8 % 8] || ' ' || n AS w
        FROM (SELECT ARRAY['sea','moor','winter','letter','garden','island','night','river'] AS words)) AS title;
    INSERT INTO catalog_audiobook (id, book_id, title, subtitle, sort_title, summary, language, is_abridged, released_on,
        duration_ms, status, access, version, created_at, updated_at)
    SELECT md5('audiobook' || n)::uuid, md5('book' || n)::uuid, title, '', sort_title, '',
        CASE WHEN n % 1000 = 0 THEN 'eo' ELSE 'en' END, false, date '2000-01-01' + n % 9000, n * 1000, 'ready', 'open', 1,
        now(), now()
    FROM generate_series(1, 20000) n JOIN catalog_book ON catalog_book.id = md5('book' || n)::uuid;
    INSERT INTO catalog_person (id, name, filed_as, sort_name, is_synthetic, version)
    SELECT md5('person' || n)::uuid, 'Person ' || n, '', 'person ' || n, false, 1 FROM generate_series(1, 500) n;
    INSERT INTO catalog_credit (audiobook_id, person_id, role, position)
    SELECT md5('audiobook' || n)::uuid, md5('person' || 1 + n % 500)::uuid, 'author', 1 FROM generate_series(1, 20000) n;
"""


def fill() -> None:
    """Make the rows, and let PostgreSQL learn how they are distributed."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        cursor.execute("VACUUM ANALYZE catalog_audiobook, catalog_book, catalog_credit, catalog_person")


# --8<-- [start:explain]
def rows_read(query: QuerySet) -> tuple[int, str]:
    """Return how many rows PostgreSQL reads for a query, and how it gets at the first table."""
    plan = json.loads(query.explain(format="json", analyze=True, buffers=True, timing=False))[0]["Plan"]
    scans = [
        node
        for node in nodes(plan)
        if node["Node Type"].endswith("Scan") and "Bitmap Index" not in node["Node Type"]
    ]
    rejected = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    rows = sum(
        (node["Actual Rows"] + sum(node.get(why, 0) for why in rejected)) * node["Actual Loops"]
        for node in scans
    )
    return round(rows), scans[0]["Node Type"].removesuffix(" Scan").lower()


# --8<-- [end:explain]


def nodes(plan: dict) -> Iterator[dict]:
    """Yield a plan's nodes from the top."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


@contextmanager
def changed(*statements: str) -> Iterator[None]:
    """Change indexes, and take it back at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        yield
        transaction.set_rollback(True)


def queries() -> dict[str, tuple[QuerySet, str, str]]:
    """Return the queries: each with what makes its index, and what takes it away."""
    visible = audiobooks_visible_to(ANONYMOUS)
    by_title = visible.order_by("sort_title", "id")
    person = Credit.objects.order_by("id").first().person_id
    drop, keep = "DROP INDEX {}", "SELECT 1"
    return {
        "first page by title": (by_title[:PAGE], keep, drop.format("audiobook_by_title")),
        "page after 'night'": (
            by_title.filter(sort_title__gt="night")[:PAGE],
            keep,
            drop.format("audiobook_by_title"),
        ),
        "words: river garden 4711": (
            visible.filter(sort_title__contains="river").filter(sort_title__contains="4711"),
            keep,
            drop.format("audiobook_title_words"),
        ),
        "recordings of one person": (
            Credit.objects.filter(person=person, role="author"),
            keep,
            "DROP INDEX credit_by_person, " + foreign_key_index(),
        ),
        "first page in Esperanto": (
            by_title.filter(language="eo")[:PAGE],
            "CREATE INDEX esperanto ON catalog_audiobook (language, sort_title, id)",
            keep,
        ),
        "upper(sort_title) = 'SEA SEA 64'": (
            Audiobook.objects.alias(loud=Upper("sort_title")).filter(loud="SEA SEA 64"),
            "CREATE INDEX loud ON catalog_audiobook (upper(sort_title))",
            keep,
        ),
    }


def foreign_key_index() -> str:
    """Return the name of the index that Django made for the foreign key to a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'catalog_credit'"
            " AND indexdef LIKE '%(person_id)' AND indexname NOT LIKE 'credit%'"
        )
        return cursor.fetchone()[0]


def main() -> None:
    """Ask each query twice."""
    fill()
    rows = []
    for name, (query, make, take) in queries().items():
        with changed(take):
            without, how_without = rows_read(query)
        with changed(make, "ANALYZE catalog_audiobook"):
            having, how_having = rows_read(query)
        rows.append((name, without, how_without, having, how_having))
    stage.table(["20,000 recordings: rows read", "without", "by", "with", "by"], rows)


main()
