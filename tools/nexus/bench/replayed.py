"""
The bare program, and two answers more: by the very statements that the capstone sends for them (``statements.py``).

A search shows what the capstone's shows. A tick comes in the same body and goes into the same tables, in one transaction;
nobody asks who tells it, and all that lies before its position counts as heard.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

import msgspec

from nexus.bench import bare
from nexus.bench.bare import MEDIA, Query, connection
from nexus.bench.statements import DOCUMENT, Statement, read

LIMIT = 20
STATEMENTS = read(os.environ["BARE_STATEMENTS"])
Rows = list[tuple[Any, ...]]


class Event(msgspec.Struct):
    """What a device tells."""

    seq: int
    at: datetime
    generation: int
    position_ms: int
    heard_from_ms: int


class Told(msgspec.Struct):
    """A tick."""

    sent_at: datetime
    events: list[Event]


def answers(
    statements: Sequence[Statement], said: dict[str, Any], document: Callable[[list[Rows]], str] = str
) -> list[Rows]:
    """Send statements, and return what they answered; ``document`` makes the JSON of what was answered so far."""
    found: list[Rows] = []
    for is_in_transaction, part in groupby(statements, lambda one: one.is_in_transaction):
        with connection.transaction() if is_in_transaction else nullcontext():
            for statement in part:
                if statement.takes_document:
                    said[DOCUMENT] = document(found)
                cursor = connection.execute(statement.sql, statement.given(said))
                found.append(cursor.fetchall() if statement.columns else [])
    return found


def place_of(name: str, column: str) -> tuple[int, int]:
    """Return which of a request's statements answers a column, and as which of its columns."""
    columns = [one.columns for one in STATEMENTS.get(name, ())]
    return next(((at, one.index(column)) for at, one in enumerate(columns) if column in one), (-1, -1))


PAGE, CARD = place_of("search", "card")
FACETS, _ = place_of("search", "facet")
REVISION, _ = place_of("tick", "number")
BEFORE, FIRSTS = place_of("tick", "firsts")


def search(query: Query, _body: Any) -> bytes:
    """Return the first page of what is found, with facets."""
    found = answers(STATEMENTS["search"], {"asked": query["q"]})
    cards = ",".join(row[CARD] for row in found[PAGE][:LIMIT]).replace('"\\u0001/media/covers/', MEDIA)
    facets: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("language", "genre", "author", "narrator")
    }
    for facet, value, label, number in found[FACETS]:
        facets[facet].append({"value": value, "label": label, "count": number})
    told = b'{"results":[%b],"next":null,"previous":null,"closeness":"words","facets":%b}'
    return told % (cards.encode(), msgspec.json.encode(facets))


def tick(query: Query, body: Any) -> bytes:
    """Store one event of a sitting."""
    told = msgspec.json.decode(body.read(), type=Told)
    event, now = told.events[0], told.sent_at
    said: dict[str, Any] = {name: UUID(text) for name, text in query.items()} | {"seqs": [event.seq]}

    def document(found: list[Rows]) -> str:
        return msgspec.json.encode(stored(said, event, now, found)).decode()

    answers(STATEMENTS["tick"], said, document)
    return b"{}"


def stored(said: dict[str, Any], event: Event, now: datetime, found: list[Rows]) -> dict[str, Any]:
    """Return what the capstone's own statement takes: the event, and what it makes of place, day and recording."""
    heard = f"{{[0,{event.position_ms})}}"
    ((revision,),), (before,) = found[REVISION], found[BEFORE]
    first_at = min(before[FIRSTS] or [now])
    day = {
        "day": now.date(),
        "first_at": first_at,
        "last_at": now,
        "speed_percent": 100,
        "heard": heard,
        "listened_ms": 0,
        "excess_ms": 0,
    }
    row = {
        "id": uuid4(),
        "seq": event.seq,
        "digest": f"\\x{event.seq:032x}",
        "generation": event.generation,
        "effective_at": now,
        "position_ms": event.position_ms,
        "heard_from_ms": event.heard_from_ms,
        "speed_percent": 100,
    }
    return {
        "user_id": said["user"],
        "audiobook_id": said["audiobook"],
        "session_id": said["session"],
        "device_id": said["device"],
        "revision": revision,
        "now": now,
        "heard": heard,
        "events": [row],
        "days": [day],
        "head_device_id": said["device"],
        "head_seq": event.seq,
        "head_generation": event.generation,
        "head_at": now,
        "head_ms": event.position_ms,
    }


bare.ROUTES |= {"/search": search, "/tick": tick}
application = bare.application
