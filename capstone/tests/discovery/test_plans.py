"""How PostgreSQL finds its way: with more than 10,000 recordings nothing is read from end to end."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db
ROWS = 10_001

# Straight into the tables: made by triggers, it would take a minute.
FILL = """
    SELECT set_config('search.later', 'on', true);
    CREATE TEMP TABLE many ON COMMIT DROP AS
        SELECT n, gen_random_uuid() AS book, gen_random_uuid() AS audiobook, gen_random_uuid() AS person,
            'w' || md5(n::text) || ' v' || n % 500 AS title
        FROM generate_series(1, {rows}) AS n;
    INSERT INTO catalog_book (id, title, subtitle, sort_title, original_language, version)
        SELECT book, title, '', title, 'en', 1 FROM many;
    INSERT INTO catalog_person (id, name, filed_as, sort_name, is_synthetic, version)
        SELECT person, title, '', title, false, 1 FROM many;
    INSERT INTO catalog_series (id, name, sort_name) SELECT book, title, title FROM many;
    INSERT INTO catalog_seriesentry (series_id, book_id, sequence, label) SELECT book, book, 1, '' FROM many;
    INSERT INTO catalog_audiobook (id, book_id, title, subtitle, sort_title, summary, language, is_abridged, released_on,
            duration_ms, status, access, version, created_at, updated_at)
        SELECT audiobook, book, title, '', title, '', 'en', false, '2024-01-01', 1, 'ready', 'open', 1, now(), now() FROM many;
    INSERT INTO catalog_credit (audiobook_id, person_id, role, position) SELECT audiobook, person, 'author', 1 FROM many;
    INSERT INTO discovery_audiobookdocument (audiobook_id, title, names, words, near)
        SELECT audiobook, title, title, setweight(to_tsvector('simple', title), 'A'), to_tsvector('simple', title) FROM many;
    INSERT INTO discovery_persondocument (person_id, title, near) SELECT person, title, to_tsvector('simple', title) FROM many;
    INSERT INTO discovery_seriesdocument (series_id, title, near) SELECT book, title, to_tsvector('simple', title) FROM many;
    SELECT gin_clean_pending_list(name::regclass) FROM unnest(ARRAY['audiobook_words', 'audiobook_near_words',
        'audiobook_names_alike', 'person_near_words', 'series_near_words']) AS name;
    SET LOCAL default_statistics_target = 1000; -- all rows are read: plans do not hang on which ones
    SET LOCAL random_page_cost = 1.1; -- as where all lies in memory: at 4, some plans hang on the dead rows of the test before
    ANALYZE;
"""


@pytest.fixture
def many(db) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(rows=ROWS))


def whole_tables_read_by(client, path: str, **asked: str) -> dict[str, int]:
    """Return {table: rows} of what the queries of a request read from end to end, above 100 rows."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/api/v1/{path}", asked).status_code == 200
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for query in queries:
            if query["sql"].lstrip().startswith(("SELECT", "WITH", "\n")):
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
                places = [cursor.fetchone()[0][0]["Plan"]]
                while places:
                    plan = places.pop()
                    places += plan.get("Plans", [])
                    rows = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
                    if plan["Node Type"] == "Seq Scan" and rows > 100:
                        found[plan["Relation Name"]] = int(rows)
    return found


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("search/", "v7"),
        ("search/", "the v7"),
        ("search/", "w" + "ce" * 4),
        ("search/", "no such words at all"),
        ("search/suggest/", "wc"),
        ("search/suggest/", "v7"),
        ("search/suggest/", "v"),
    ],
)
def test_no_search_reads_a_table_from_end_to_end(many, anybody, path, asked):
    assert whole_tables_read_by(anybody, path, q=asked) == {}
