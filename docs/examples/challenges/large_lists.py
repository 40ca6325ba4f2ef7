"""The hot list of 20,000 recordings: rows and blocks that PostgreSQL reads for a page near the beginning and far down."""

import json

import stage

stage.begin()

from django.db import connection  # noqa: E402 -- once Django is set up

from audiobooks.catalog.rest import cards  # noqa: E402
from audiobooks.catalog.rest.views import AudiobookList  # noqa: E402
from audiobooks.catalog.services.cards import cards_fill  # noqa: E402

RECORDINGS, LIMIT = 20_000, 25
ROWS = """
    INSERT INTO catalog_book (id, title, subtitle, sort_title, original_language, version)
    SELECT md5('book' || n)::uuid, 'Title ' || n, '', 'title ' || lpad(n::text, 6, '0'), 'en', 1 FROM generate_series(1, 20000) n;
    INSERT INTO catalog_audiobook (id, book_id, title, subtitle, sort_title, summary, language, is_abridged, released_on,
        duration_ms, status, access, version, created_at, updated_at)
    SELECT md5('audiobook' || n)::uuid, md5('book' || n)::uuid, 'Title ' || n, '', 'title ' || lpad(n::text, 6, '0'), '', 'en',
        false, '2024-01-01', 1000, 'ready', 'open', 1, now(), now() FROM generate_series(1, 20000) n;
"""


def read(sql: str, values: list[object]) -> int:
    """Return how many recordings PostgreSQL reads for a statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {sql}", values)
        plan = cursor.fetchone()[0][0]["Plan"]
    places, found = [plan if isinstance(plan, dict) else json.loads(plan)], 0
    while places:
        node = places.pop()
        places += node.get("Plans", [])
        if node.get("Relation Name") == "catalog_audiobook":
            found += node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0)
    return round(found)


def main() -> None:
    """Read three pages by both ways."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
    cards_fill()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_audiobook, catalog_card")
    columns = cards.columns_by(AudiobookList.orderings["title"])
    hot = cards.page_query("anonymous", columns, (True, False), LIMIT, kept=True)
    by_offset = cards.page_query("anonymous", columns, None, LIMIT, kept=True).sql
    rows = []
    for page in (1, 100, 800):
        before = (page - 1) * LIMIT
        values = {"sort_title": f"title {before:06}", "id": cards.SOMEBODY}
        after = [values[name] for name, _ in hot.params]
        rows.append((page, read(by_offset + f" OFFSET {before}", []), read(hot.sql, after)))
    stage.table(["page of 25, of 20,000 recordings", "read by offset", "read by the API's statement"], rows)


main()
