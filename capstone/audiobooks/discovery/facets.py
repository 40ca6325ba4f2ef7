"""What the found are made up of: how many are in each language and genre, and by whom."""

from collections.abc import Iterable
from typing import Any

import msgspec
from django.db import connection
from django.db.models import QuerySet

from audiobooks.catalog.models import Audiobook

MOST_VALUES = 20  # of one facet

# Each counts what its filter would leave: pt counts pt-BR, a genre those below it.
FACETS = """
-- --8<-- [start:facets]
WITH RECURSIVE found AS MATERIALIZED (
    SELECT id, book_id, language FROM catalog_audiobook WHERE id IN ({found})
), above (slug, genre) AS (
    SELECT slug, slug FROM catalog_genre
    UNION SELECT above.slug, genre.parent_id FROM above JOIN catalog_genre genre ON genre.slug = above.genre
    WHERE genre.parent_id IS NOT NULL
), counted (facet, value, label, count) AS (
    SELECT 'language', tag.language, tag.language, count(*)
    FROM (SELECT DISTINCT language FROM found) AS tag
    JOIN found ON found.language = tag.language OR starts_with(found.language, tag.language || '-')
    GROUP BY tag.language
    UNION ALL
    SELECT 'genre', genre.slug, genre.name, count(DISTINCT found.id)
    FROM found JOIN catalog_book_genres link ON link.book_id = found.book_id
    JOIN above ON above.slug = link.genre_id JOIN catalog_genre genre ON genre.slug = above.genre
    GROUP BY genre.slug
    UNION ALL
    SELECT credit.role, person.id::text, person.name, count(*)
    FROM found JOIN catalog_credit credit ON credit.audiobook_id = found.id
    JOIN catalog_person person ON person.id = credit.person_id
    WHERE credit.role IN ('author', 'narrator')
    GROUP BY credit.role, person.id
)
SELECT facet, value, label, count
FROM (SELECT *, row_number() OVER (PARTITION BY facet ORDER BY count DESC, label, value) AS place FROM counted) AS ranked
WHERE place <= {most} ORDER BY facet, place
-- --8<-- [end:facets]
"""


class Facet(msgspec.Struct, frozen=True):
    """One value of a filter, what to call it, and how many it would leave."""

    value: str
    label: str
    count: int


def facets_of(found: QuerySet[Audiobook]) -> dict[str, list[Facet]]:
    """Return the 20 commonest values of each facet (language, genre, author, narrator), commonest first. 1 query."""
    sql, params = found.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        return facets_in(cursor.execute(facets_sql(sql), params).fetchall())


def facets_sql(found: str) -> str:
    """Return the statement for the facets of the ids that another one answers."""
    return FACETS.format(found=found, most=MOST_VALUES)


def facets_in(rows: Iterable[Any]) -> dict[str, list[Facet]]:
    """Return the facets that the statement has answered, each of them also where it has no value."""
    facets: dict[str, list[Facet]] = {name: [] for name in ("language", "genre", "author", "narrator")}
    for facet, value, label, count in rows:
        facets[facet].append(Facet(value, label, count))
    return facets
