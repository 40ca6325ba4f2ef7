"""
What a batch of events reads and writes: one statement each, however many events it holds, and prepared from the fifth time on.

The rows and their rules are the models'; what is to be written is the merge's to say. Only the way there is shorter here: a tick
comes every few seconds from everybody who listens.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from audiobooks.ids import new_id
from audiobooks.playback.fields import multirange, ranges_in
from audiobooks.playback.merge import FASTEST_PERCENT, Event, Listening, State
from audiobooks.playback.sittings import Sitting

READ = """
SELECT place.device_id, place.seq, place.generation, place.heard_at, place.position_ms, coverage.heard,
    receipts.seqs, receipts.digests, sittings.devices, sittings.seen, sittings.told,
    days.days, days.firsts, days.lasts, days.speeds, days.heard
FROM (VALUES (1)) AS one
LEFT JOIN LATERAL (
    SELECT * FROM playback_listeningposition WHERE user_id = %(user)s AND audiobook_id = %(audiobook)s
) AS place ON true
LEFT JOIN LATERAL (
    SELECT heard FROM playback_coverage WHERE user_id = %(user)s AND audiobook_id = %(audiobook)s
) AS coverage ON true
CROSS JOIN LATERAL (
    SELECT array_agg(seq) AS seqs, array_agg(digest) AS digests FROM playback_eventreceipt
    WHERE device_id = %(device)s AND seq = ANY(%(seqs)s::bigint[])
) AS receipts
CROSS JOIN LATERAL (
    SELECT array_agg(device_id) AS devices, array_agg(seen) AS seen, array_agg(told) AS told FROM (
        SELECT device_id, max(seen_revision) AS seen, max(revision) AS told FROM (
            SELECT device_id, seen_revision, revision FROM playback_playbacksession
            WHERE user_id = %(user)s AND audiobook_id = %(audiobook)s ORDER BY started_at DESC LIMIT 200
        ) AS newest GROUP BY device_id
    ) AS by_device
) AS sittings
CROSS JOIN LATERAL (
    SELECT array_agg(day) AS days, array_agg(first_at) AS firsts, array_agg(last_at) AS lasts,
        array_agg(speed_percent::int) AS speeds, array_agg(heard) AS heard
    FROM playback_listeningday WHERE session_id = %(session)s
) AS days
"""
# --8<-- [start:write]
# One parameter, so that PostgreSQL plans it once. The parts see the tables as they were before, and touch each row once.
WRITE = """
WITH told AS MATERIALIZED (
    SELECT * FROM jsonb_to_record(%s::jsonb) AS told (user_id uuid, audiobook_id uuid, session_id uuid, device_id uuid,
        revision bigint, now timestamptz, heard int4multirange, events jsonb, days jsonb, head_device_id uuid, head_seq bigint,
        head_generation int, head_at timestamptz, head_ms int)
), event AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset((SELECT events FROM told)) AS event (id uuid, seq bigint, digest bytea, generation int,
        effective_at timestamptz, position_ms int, heard_from_ms int, speed_percent int)
), events AS (
    INSERT INTO playback_positionevent (id, device_id, audiobook_id, session_id, seq, revision, generation, effective_at,
        stored_at, position_ms, heard_from_ms, speed_percent)
    SELECT id, device_id, audiobook_id, session_id, seq, revision, generation, effective_at, now, position_ms, heard_from_ms,
        speed_percent FROM told, event
), receipts AS (
    INSERT INTO playback_eventreceipt (device_id, seq, digest, stored_at) SELECT device_id, seq, digest, now FROM told, event
), place AS (
    INSERT INTO playback_listeningposition (id, user_id, audiobook_id, device_id, seq, generation, heard_at, position_ms, revision)
    SELECT gen_random_uuid(), user_id, audiobook_id, head_device_id, head_seq, head_generation, head_at, head_ms, revision FROM told
    ON CONFLICT (user_id, audiobook_id) DO UPDATE SET device_id = excluded.device_id, seq = excluded.seq,
        generation = excluded.generation, heard_at = excluded.heard_at, position_ms = excluded.position_ms,
        revision = excluded.revision
    RETURNING id
), coverage AS (
    INSERT INTO playback_coverage (user_id, audiobook_id, heard) SELECT user_id, audiobook_id, heard FROM told
    ON CONFLICT (user_id, audiobook_id) DO UPDATE SET heard = excluded.heard
), days AS (
    INSERT INTO playback_listeningday (user_id, session_id, day, first_at, last_at, speed_percent, heard, listened_ms, excess_ms)
    SELECT user_id, session_id, day, first_at, last_at, speed_percent, one.heard, listened_ms, excess_ms
    FROM told, jsonb_to_recordset(days) AS one (day date, first_at timestamptz, last_at timestamptz, speed_percent int,
        heard int4multirange, listened_ms int, excess_ms int)
    ON CONFLICT (session_id, day) DO UPDATE SET first_at = excluded.first_at, last_at = excluded.last_at,
        speed_percent = excluded.speed_percent, heard = excluded.heard, listened_ms = excluded.listened_ms,
        excess_ms = excluded.excess_ms
)
UPDATE playback_playbacksession SET revision = told.revision FROM told, place
WHERE playback_playbacksession.id = told.session_id RETURNING place.id
"""
# --8<-- [end:write]


@dataclass(frozen=True, slots=True)
class Stored:
    """
    What there is of a batch already: its receipts, {seq: digest}, and the state that its session's events made.

    ``seen`` and ``told`` are of the listener's newest 200 sessions with the recording, by device: up to which revision it had
    seen what others told, and at which it last told something itself.
    """

    digests: dict[int, bytes]
    state: State
    seen: dict[UUID, int]
    told: dict[UUID, int]


def stored_read(sitting: Sitting, seqs: Sequence[int]) -> Stored:
    """Return what is stored of these events of a session's device, and its listener's place in its recording. 1 query."""
    wanted: dict[str, Any] = {
        "user": sitting.user_id,
        "audiobook": sitting.audiobook.id,
        "device": sitting.device.id,
        "session": sitting.id,
        "seqs": list(seqs),
    }
    with connection.cursor() as cursor:
        cursor.execute(READ, wanted)
        device_id, seq, generation, at, position_ms, heard, known, digests, *others = cursor.fetchone()
    devices, seen, told, *days = others
    head = Event(device_id, seq, device_id, generation, at, position_ms) if device_id else None
    listened = {
        (sitting.id, day): Listening(first_at, last_at, speed_percent, ranges_in(ranges))
        for day, first_at, last_at, speed_percent, ranges in zip(
            *(column or () for column in days), strict=True
        )
    }
    digests_by_seq = dict(zip(known or (), map(bytes, digests or ()), strict=True))
    state = State(head, ranges_in(heard or ()), listened)
    return Stored(
        digests_by_seq,
        state,
        seen=dict(zip(devices or (), seen or (), strict=True)),
        told=dict(zip(devices or (), told or (), strict=True)),
    )


def stored_write(
    sitting: Sitting,
    events: Iterable[Event],
    digests: Mapping[int, bytes],
    state: State,
    *,
    revision: int,
    now: datetime,
) -> UUID:
    """Write new events of a session, and the state with them in it, which has a head. Return the place's id. 1 query."""
    assert state.head is not None  # noqa: S101 -- for mypy: an event is at least its own head
    told = {
        "user_id": sitting.user_id,
        "audiobook_id": sitting.audiobook.id,
        "session_id": sitting.id,
        "device_id": sitting.device.id,
        "revision": revision,
        "now": now,
        "heard": multirange(state.heard),
        "events": [event_row(event, digests[event.seq]) for event in events],
        "days": [day_row(day, listening) for (_, day), listening in state.days.items()],
        "head_device_id": state.head.device_id,
        "head_seq": state.head.seq,
        "head_generation": state.head.generation,
        "head_at": state.head.effective_at,
        "head_ms": state.head.position_ms,
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [msgspec.json.encode(told).decode()])
        place_id: UUID = cursor.fetchone()[0]
    return place_id


def event_row(event: Event, digest: bytes) -> dict[str, UUID | int | str | datetime | None]:
    """Return an event and its receipt, by column."""
    return {
        "id": new_id(),
        "seq": event.seq,
        "digest": f"\\x{digest.hex()}",
        "generation": event.generation,
        "effective_at": event.effective_at,
        "position_ms": event.position_ms,
        "heard_from_ms": event.heard[0] if event.heard else None,
        "speed_percent": event.speed_percent,
    }


def day_row(day: object, one: Listening) -> dict[str, object]:
    """Return a session's day, by column."""
    return {
        "day": day,
        "first_at": one.first_at,
        "last_at": one.last_at,
        "speed_percent": min(one.speed_percent, FASTEST_PERCENT),
        "heard": multirange(one.heard),
        "listened_ms": one.listened_ms,
        "excess_ms": one.excess_ms,
    }
