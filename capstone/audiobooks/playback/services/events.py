"""Taking one session's events in: each is judged by itself, and all are merged and written together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from audiobooks.errors import Conflict, DomainError, Invalid
from audiobooks.playback.merge import MOST_OFFLINE, Event, State, effective_at, join, merged
from audiobooks.playback.models import LONGEST_MS, ListeningPosition, PositionEvent
from audiobooks.playback.services.storage import Stored, stored_read, stored_write
from audiobooks.playback.sittings import Place, Sitting

APPLIED, DUPLICATE, SUPERSEDED, CONFLICT, REJECTED = OUTCOMES = (
    "applied",
    "duplicate",
    "superseded",
    "conflict",
    "rejected",
)


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a device tells it: ``at`` is its own clock's."""

    seq: int
    at: datetime
    generation: int
    position_ms: int
    heard_from_ms: int | None = None
    speed_percent: int = 100
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event; ``code`` and ``detail`` say why where it was rejected."""

    seq: int
    outcome: str
    code: str = ""
    detail: str = ""
    conflict_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one session's device sent, and when by its clock and by ours."""

    sitting: Sitting
    sent_at: datetime
    now: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class Taken:
    """
    Outcomes in the order of the events, the events that were new, what was stored before, and the state with them in it.

    ``place`` is where the listener is now; None where that takes a look: nothing was new, or another device is ahead.
    """

    outcomes: list[Outcome]
    new: list[Event]
    before: Stored
    state: State
    place: Place | None


def events_take(batch: Batch, told: Sequence[Told]) -> Taken:
    """
    Store what is new of a session's events, and merge it. The caller holds the listener's revision.

    1 query, and 1 more where any event is new, however many there are.
    """
    sitting, place_id = batch.sitting, None
    stored = stored_read(sitting, [one.seq for one in told])
    known = stored.digests
    outcomes: dict[int, Outcome] = {}  # by place in the batch
    new: dict[int, tuple[Told, Event]] = {}
    for place, one in enumerate(told):
        refusal = _refusal(batch, one)
        digest = _digest(sitting.id, one)
        if refusal is None and known.get(one.seq, digest) != digest:
            detail = "Your device has told something else under this number: count on, and keep the count."
            refusal = Conflict("sequence_reused", detail)
        if refusal:
            outcomes[place] = Outcome(one.seq, REJECTED, refusal.code, refusal.detail)
        elif one.seq not in known:
            known[one.seq] = digest
            new[place] = (one, _event(batch, one))
        else:
            outcomes[place] = Outcome(one.seq, DUPLICATE)
    events = [event for _, event in new.values()]
    before = _touched(stored.state, events)
    state = join(before, merged(events))
    if events:
        place_id = stored_write(sitting, events, known, state, revision=batch.revision, now=batch.now)
    head = before.head
    for place, (one, event) in sorted(new.items(), key=lambda item: item[1][1].key):
        is_ahead = head is None or event.key > head.key
        head = event if is_ahead else head
        outcomes[place] = Outcome(one.seq, APPLIED if is_ahead else SUPERSEDED)
    place_now = _place(batch, place_id, state.head) if place_id and state.head else None
    return Taken([outcomes[place] for place in range(len(told))], events, stored, state, place_now)


def _place(batch: Batch, place_id: UUID, head: Event) -> Place | None:
    """Return the place that was written, if it is of the device that told."""
    sitting = batch.sitting
    if head.device_id != sitting.device.id:
        return None
    return Place(
        place_id,
        sitting.audiobook,
        head.position_ms,
        head.generation,
        head.effective_at,
        sitting.device,
        batch.revision,
    )


def _refusal(batch: Batch, one: Told) -> DomainError | None:
    """Return why an event can never be stored; None where it can."""
    longest_ms = min(batch.sitting.audiobook.duration_ms, LONGEST_MS)
    if one.position_ms > longest_ms:
        return Invalid("beyond_the_end", f"The recording ends at {longest_ms} ms.")
    if one.heard_from_ms is not None and one.heard_from_ms > one.position_ms:
        return Invalid(
            "heard_backwards", "What was heard ends at the position: it begins there at the latest."
        )
    if batch.sent_at - one.at > MOST_OFFLINE:
        return Invalid("too_old", f"It happened more than {MOST_OFFLINE.days} days before you sent it.")
    return None


def _event(batch: Batch, one: Told) -> Event:
    """Return what is stored: the time is the server's, and never before the session began."""
    at = effective_at(one.at, sent_at=batch.sent_at, now=batch.now)
    heard = None if one.heard_from_ms is None else (one.heard_from_ms, one.position_ms)
    return Event(
        device_id=batch.sitting.device.id,
        seq=one.seq,
        session_id=batch.sitting.id,
        generation=one.generation,
        effective_at=max(at, batch.sitting.started_at),
        position_ms=one.position_ms,
        heard=heard,
        speed_percent=one.speed_percent,
        revision=batch.revision,
        duration_ms=batch.sitting.audiobook.duration_ms,
    )


def _digest(session_id: UUID, one: Told) -> bytes:
    """Return what an event said, in 16 bytes: the same number must always say the same."""
    said = (
        session_id,
        one.at.timestamp(),
        one.generation,
        one.position_ms,
        one.heard_from_ms,
        one.speed_percent,
    )
    return blake2b(repr(said).encode(), digest_size=16).digest()


def _touched(state: State, events: Sequence[Event]) -> State:
    """Return what these events touch of a state: not the days on which they did not happen."""
    days = {event.effective_at.date() for event in events}
    return replace(state, days={key: one for key, one in state.days.items() if key[1] in days})


def rows_of(
    events: Sequence[Event], audiobook_id: UUID, session_id: UUID | None, *, stored_at: datetime
) -> Iterator[PositionEvent]:
    """Yield events as rows."""
    for event in events:
        yield PositionEvent(
            device_id=event.device_id,
            audiobook_id=audiobook_id,
            session_id=session_id,
            seq=event.seq,
            revision=event.revision,
            generation=event.generation,
            effective_at=event.effective_at,
            stored_at=stored_at,
            position_ms=event.position_ms,
            heard_from_ms=event.heard[0] if event.heard else None,
            speed_percent=event.speed_percent,
        )


def head_write(head: Event, *, user_id: UUID, audiobook_id: UUID, revision: int) -> None:
    """Put a listener's place in a recording where the head is. 1 query."""
    ListeningPosition.objects.bulk_create(
        [
            ListeningPosition(
                user_id=user_id,
                audiobook_id=audiobook_id,
                device_id=head.device_id,
                seq=head.seq,
                generation=head.generation,
                heard_at=head.effective_at,
                position_ms=head.position_ms,
                revision=revision,
            )
        ],
        update_conflicts=True,
        unique_fields=["user", "audiobook"],
        update_fields=["device", "seq", "generation", "heard_at", "position_ms", "revision"],
    )


AN_INSTANT = timedelta(microseconds=1)
