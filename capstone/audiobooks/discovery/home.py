"""What a listener's home page shows: where they are, what comes next, what is new of whom they follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.selectors import audiobooks_listed
from audiobooks.library.selectors import audiobooks_to_hear
from audiobooks.principal import Principal

MOST_ITEMS = 12  # on one shelf
SHELVES = ("continue_listening", "next_in_series", "new_from_followed")

# Heard to its end is what was said to be finished, and what lacks at most 30 seconds, or a fiftieth.
HOME = """
-- --8<-- [start:mine]
WITH mine AS MATERIALIZED (
    SELECT audiobook.id, audiobook.book_id, split_part(audiobook.language, '-', 1) AS language,
        position.position_ms, position.heard_at, coalesce(entry.changed_at, position.heard_at) AS changed_at,
        coalesce(entry.state, 'in_progress') AS state,
        coalesce(position.position_ms >= audiobook.duration_ms - least(30000, audiobook.duration_ms / 50), false) AS is_heard
    FROM (SELECT audiobook_id FROM library_libraryentry WHERE user_id = %(user)s
          UNION SELECT audiobook_id FROM playback_listeningposition WHERE user_id = %(user)s) AS known
    JOIN catalog_audiobook audiobook ON audiobook.id = known.audiobook_id
    LEFT JOIN library_libraryentry entry ON (entry.user_id, entry.audiobook_id) = (%(user)s, audiobook.id)
    LEFT JOIN playback_listeningposition position ON (position.user_id, position.audiobook_id) = (%(user)s, audiobook.id)
-- --8<-- [end:mine]
), continued AS (
    SELECT mine.* FROM mine
    WHERE state IN ('in_progress', 'wishlist') AND position_ms > 0 AND NOT is_heard AND id IN ({hearable})
    ORDER BY heard_at DESC, id LIMIT %(most)s
-- --8<-- [start:next]
), reached AS (
    SELECT DISTINCT ON (entry.series_id) entry.series_id, entry.sequence, mine.id, mine.book_id, mine.language, mine.changed_at
    FROM mine JOIN catalog_seriesentry entry ON entry.book_id = mine.book_id
    WHERE state = 'finished' OR (is_heard AND state <> 'abandoned')
    ORDER BY entry.series_id, entry.sequence DESC, mine.changed_at DESC, mine.id
), following AS (
    SELECT reached.*, next.id AS next_id
    FROM reached CROSS JOIN LATERAL (
        SELECT audiobook.id, entry.book_id
        FROM catalog_seriesentry entry JOIN catalog_audiobook audiobook ON audiobook.book_id = entry.book_id
        WHERE entry.series_id = reached.series_id AND entry.sequence > reached.sequence
            AND split_part(audiobook.language, '-', 1) = reached.language AND audiobook.id IN ({hearable})
        ORDER BY entry.sequence, entry.id, audiobook.is_abridged, (
            SELECT count(*) FROM catalog_credit one JOIN catalog_credit other USING (person_id, role)
            WHERE role = 'narrator' AND one.audiobook_id = audiobook.id AND other.audiobook_id = reached.id) DESC,
            audiobook.released_on DESC, audiobook.id
        LIMIT 1) AS next
    WHERE NOT EXISTS (SELECT FROM mine WHERE mine.book_id = next.book_id AND mine.state <> 'wishlist')
    ORDER BY reached.changed_at DESC, next.id LIMIT %(most)s
-- --8<-- [end:next]
), followed AS (
    SELECT credit.audiobook_id, follow.person_id, NULL::uuid AS series_id
    FROM library_follow follow JOIN catalog_credit credit USING (person_id) WHERE follow.user_id = %(user)s
    UNION
    SELECT audiobook.id, NULL, follow.series_id
    FROM library_follow follow JOIN catalog_seriesentry entry USING (series_id)
    JOIN catalog_audiobook audiobook ON audiobook.book_id = entry.book_id WHERE follow.user_id = %(user)s
), fresh AS (
    SELECT audiobook.id, audiobook.released_on, array_agg(followed.person_id) AS people, array_agg(followed.series_id) AS series
    FROM followed JOIN catalog_audiobook audiobook ON audiobook.id = followed.audiobook_id
    WHERE audiobook.id IN ({hearable}) AND NOT EXISTS (SELECT FROM mine WHERE mine.id = audiobook.id)
    GROUP BY audiobook.id ORDER BY audiobook.released_on DESC, audiobook.id DESC LIMIT %(most)s
)
SELECT 0, row_number() OVER (ORDER BY heard_at DESC, id), id, position_ms, heard_at, NULL::json, NULL::json, NULL::json FROM continued
UNION ALL
SELECT 1, row_number() OVER (ORDER BY changed_at DESC, next_id), next_id, NULL, NULL, NULL::json,
    (SELECT json_build_array(json_build_object('id', series.id, 'name', series.name))
     FROM catalog_series series WHERE series.id = series_id),
    (SELECT json_build_object('id', book.id, 'title', book.title) FROM catalog_book book WHERE book.id = book_id)
FROM following
UNION ALL
SELECT 2, row_number() OVER (ORDER BY released_on DESC, id DESC), id, NULL, NULL,
    (SELECT json_agg(json_build_object('id', person.id, 'name', person.name) ORDER BY person.sort_name, person.id)
     FROM catalog_person person WHERE person.id = ANY(people)),
    (SELECT json_agg(json_build_object('id', one.id, 'name', one.name) ORDER BY one.sort_name, one.id)
     FROM catalog_series one WHERE one.id = ANY(series)), NULL
FROM fresh
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Reason:
    """
    Why something is on the home page.

    ``people`` and ``series`` are followed, or ``series`` goes on after the book ``after``: lists of {id, name}, {id, title}.
    """

    people: list[dict[str, str]]
    series: list[dict[str, str]]
    after: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Item:
    """A recording on a shelf; where it is to be continued, from ``position_ms``, last heard at ``heard_at``."""

    audiobook: Audiobook
    position_ms: int | None
    heard_at: datetime | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Shelf:
    """One shelf of the home page, the most urgent first, at most 12 items."""

    kind: str
    items: list[Item]


def home_of(principal: Principal, user_id: UUID) -> list[Shelf]:
    """Return the three shelves of a listener, of what they may hear. 2 queries at any size."""
    rows = list(_rows(principal, user_id))
    cards: Any = audiobooks_listed(principal).in_bulk({row[2] for row in rows}) if rows else {}
    shelves = [Shelf(kind, []) for kind in SHELVES]
    for number, _, audiobook_id, position_ms, heard_at, people, series, after in rows:
        if audiobook_id in cards:
            reason = Reason(people or [], series or [], after)
            shelves[number].items.append(Item(cards[audiobook_id], position_ms, heard_at, reason))
    return shelves


def _rows(principal: Principal, user_id: UUID) -> Iterator[Any]:
    hearable = audiobooks_to_hear(principal).order_by().values("pk").query
    sql, params = hearable.sql_with_params()
    named = {f"hearable{number}": value for number, value in enumerate(params)}
    within = sql % tuple(f"%({name})s" for name in named)
    with connection.cursor() as cursor:
        cursor.execute(HOME.format(hearable=within), {"user": user_id, "most": MOST_ITEMS, **named})
        yield from cursor.fetchall()
