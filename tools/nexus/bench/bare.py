"""
The yardstick: a WSGI program with no framework, one connection, prepared statements and nothing that could be left out.

It answers what the API answers, of the same tables, without limits, tokens, signatures and problem documents. What it does
not do is the price of those; what a framework adds is the rest.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
import psycopg

CARDS = """
SELECT a.sort_title, a.id, c.card FROM catalog_audiobook a JOIN catalog_card c ON c.audiobook_id = a.id
WHERE a.status = 'ready' AND a.access = 'open' AND (a.sort_title, a.id) > (%s, %s) ORDER BY a.sort_title, a.id LIMIT 21
"""
# One document, made by PostgreSQL of the normal tables: what one writes who has no read model.
JOINS = """
SELECT a.sort_title, a.id, made.card FROM (
    SELECT sort_title, id FROM catalog_audiobook
    WHERE status = 'ready' AND access = 'open' AND (sort_title, id) > (%s, %s) ORDER BY sort_title, id LIMIT 21
) a JOIN catalog_card_made made ON made.audiobook_id = a.id ORDER BY a.sort_title, a.id
"""
WHOLE = """
SELECT a.version, c.whole FROM catalog_audiobook a JOIN catalog_card c ON c.audiobook_id = a.id
WHERE a.id = %s AND a.status = 'ready' AND a.access = 'open'
"""
PLACE = """
INSERT INTO playback_listeningposition (id, user_id, audiobook_id, device_id, seq, generation, heard_at, position_ms, revision)
VALUES (gen_random_uuid(), %s, %s, %s, %s, 0, now(), %s, 1)
ON CONFLICT (user_id, audiobook_id) DO UPDATE SET seq = excluded.seq, heard_at = excluded.heard_at,
    position_ms = excluded.position_ms, revision = playback_listeningposition.revision + 1
"""
MEDIA = '"http://127.0.0.1:8002/media/covers/'
JSON = [("Content-Type", "application/json")]
connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)
Query = dict[str, str]


class Place(msgspec.Struct):
    """A position to store."""

    user: UUID
    audiobook: UUID
    device: UUID
    seq: int
    position_ms: int


def page(statement: str, query: Query) -> bytes:
    """Return a page after a row."""
    found = connection.execute(
        statement, (query.get("title", ""), UUID(query.get("id", UUID(int=0).hex)))
    ).fetchall()
    cards = ",".join(row[2] for row in found[:20]).replace('"\\u0001/media/covers/', MEDIA)
    following = msgspec.json.encode(f"?title={found[19][0]}&id={found[19][1]}" if len(found) > 20 else None)
    return b'{"results":[%b],"next":%b,"previous":null}' % (cards.encode(), following)


def cards(query: Query, _body: Any) -> bytes:
    """Return a page of the read model."""
    return page(CARDS, query)


def joins(query: Query, _body: Any) -> bytes:
    """Return a page of the normal tables."""
    return page(JOINS, query)


def whole(query: Query, _body: Any) -> bytes:
    """Return a recording's own page."""
    (row,) = connection.execute(WHOLE, (UUID(query["id"]),)).fetchall()
    return str(row[1]).replace('"\\u0001/media/covers/', MEDIA).encode()


def place(_query: Query, body: Any) -> bytes:
    """Store a position."""
    given = msgspec.json.decode(body.read(), type=Place)
    connection.execute(PLACE, (given.user, given.audiobook, given.device, given.seq, given.position_ms))
    return b"{}"


def nothing(_query: Query, _body: Any) -> bytes:
    """Return an empty answer."""
    return b"{}"


ROUTES: dict[str, Callable[[Query, Any], bytes]] = {
    "/cards": cards,
    "/joins": joins,
    "/whole": whole,
    "/place": place,
    "/nothing": nothing,
}


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer."""
    answer = ROUTES[environ["PATH_INFO"]](dict(parse_qsl(environ["QUERY_STRING"])), environ["wsgi.input"])
    start_response("200 OK", [*JSON, ("Content-Length", str(len(answer)))])
    return [answer]
