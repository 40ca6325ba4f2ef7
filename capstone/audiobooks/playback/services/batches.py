"""The two ways in which events come: of one session while it plays, of several after a time offline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from audiobooks.catalog.models import Audiobook
from audiobooks.errors import DomainError, NotFound
from audiobooks.library.revisions import revision_next
from audiobooks.library.selectors import audiobook_to_hear
from audiobooks.library.services import entry_start
from audiobooks.playback.merge import MOST_OFFLINE, effective_at
from audiobooks.playback.models import Device, PlaybackSession, PositionConflict
from audiobooks.playback.services.conflicts import conflicts_watch
from audiobooks.playback.services.events import CONFLICT, REJECTED, Batch, Outcome, Taken, Told, events_take
from audiobooks.playback.services.sessions import device_known, listener
from audiobooks.playback.sittings import Place, Player, Recording, Sitting, place_in, sitting_to_hear
from audiobooks.principal import Principal

MOST_EVENTS = 500
MOST_SESSIONS = 50


@dataclass(frozen=True, slots=True)
class OfflineSession:
    """A sitting that a device began by itself: it chose the id, and says what it had seen of the listener's changes."""

    id: UUID
    audiobook_id: UUID
    started_at: datetime
    seen_revision: int


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of each event, in their order, and where the listener is now in each recording."""

    outcomes: list[Outcome]
    positions: list[Place]
    revision: int


def events_store(
    *, principal: Principal, session_id: UUID, sent_at: datetime, told: Sequence[Told], now: datetime
) -> BatchResult:
    """
    Take in what a session's device tells; ``sent_at`` is by its clock, ``now`` (aware UTC) by ours.

    Whether the caller may hear the recording is asked again. Raises ``NotFound``, ``NotAllowed("grant_required")``.
    """
    user_id = listener(principal)
    sitting = sitting_to_hear(principal, user_id, session_id)
    with transaction.atomic():
        revision = revision_next(user_id)
        outcomes, place = _taken(Batch(sitting, sent_at, now, revision), told)
    return BatchResult(outcomes, [place] if place else [], revision)


# --8<-- [start:sync]
def positions_sync(
    *,
    principal: Principal,
    device: tuple[UUID, str],
    sent_at: datetime,
    sessions: Sequence[OfflineSession],
    told: Sequence[Told],
    now: datetime,
) -> BatchResult:
    """
    Take in what a device did offline, in any number of recordings; ``device`` is its id and name.

    A session whose recording may not be heard any more, or that is not the caller's, has its events rejected; the others'
    are taken. Raises ``NotFound``, ``Invalid``, ``Conflict("too_many_devices")`` for the device alone.
    """
    user_id = listener(principal)
    outcomes: dict[int, Outcome] = {}
    places_now: dict[UUID, Place] = {}
    with transaction.atomic():
        revision = revision_next(user_id)
        stored_device = device_known(user_id, *device, now=now)
        known: dict[UUID | None, OfflineSession] = {session.id: session for session in sessions}
        for session_id, places in _by_session(told).items():
            try:
                sitting = _sitting(principal, stored_device, known.get(session_id), sent_at, now, revision)
            except DomainError as error:
                refused = {
                    place: Outcome(told[place].seq, REJECTED, error.code, error.detail) for place in places
                }
                outcomes |= refused
                continue
            batch = Batch(sitting, sent_at, now, revision)
            taken, place_now = _taken(batch, [told[place] for place in places])
            outcomes |= zip(places, taken, strict=True)
            if place_now:
                places_now[sitting.audiobook.id] = place_now
    return BatchResult([outcomes[place] for place in range(len(told))], list(places_now.values()), revision)


# --8<-- [end:sync]


def _by_session(told: Sequence[Told]) -> Mapping[UUID | None, list[int]]:
    places: dict[UUID | None, list[int]] = {}
    for place, one in enumerate(told):
        places.setdefault(one.session_id, []).append(place)
    return places


def _sitting(
    principal: Principal,
    device: Device,
    offline: OfflineSession | None,
    sent_at: datetime,
    now: datetime,
    revision: int,
) -> Sitting:
    """Return the sitting that a device means, made where it is new. Raises ``DomainError``."""
    unknown = NotFound("playback_unknown", "You have no such playback session: list it in `sessions`.")
    if offline is None:
        raise unknown
    stored = PlaybackSession.objects.select_related("audiobook").filter(pk=offline.id).first()
    is_theirs = stored is not None and (stored.device_id, stored.audiobook_id) == (
        device.pk,
        offline.audiobook_id,
    )
    if stored is not None and not is_theirs:
        raise unknown
    audiobook: Audiobook = audiobook_to_hear(principal, offline.audiobook_id)
    if stored is None:
        stored = _begun(device, audiobook, offline, sent_at, now, revision)
    return Sitting(
        stored.pk,
        device.user_id,
        stored.started_at,
        Recording(audiobook.pk, audiobook.title, audiobook.duration_ms),
        Player(device.pk, device.client_id, device.name),
    )


def _begun(
    device: Device,
    audiobook: Audiobook,
    offline: OfflineSession,
    sent_at: datetime,
    now: datetime,
    revision: int,
) -> PlaybackSession:
    """Return a new session that a device began by itself. Raises ``NotFound`` where that was too long ago."""
    if sent_at - offline.started_at > MOST_OFFLINE:
        raise NotFound("too_old", f"It began more than {MOST_OFFLINE.days} days before you sent it.")
    entry_start(user_id=device.user_id, audiobook_id=audiobook.pk, revision=revision, now=now)
    return PlaybackSession.objects.create(
        id=offline.id,
        user_id=device.user_id,
        audiobook=audiobook,
        device=device,
        started_at=effective_at(offline.started_at, sent_at=sent_at, now=now),
        seen_revision=min(offline.seen_revision, revision),
        revision=0,
    )


def _taken(batch: Batch, told: Sequence[Told]) -> tuple[list[Outcome], Place | None]:
    """Take events in, and say where the listener is; the last of a device that disagrees with another says so."""
    taken = events_take(batch, told)
    conflict = None
    if taken.new and taken.state.head is not None:
        conflict = conflicts_watch(
            batch.sitting,
            taken.before,
            generation=taken.state.head.generation,
            revision=batch.revision,
            now=batch.now,
        )
    if conflict is None:
        return taken.outcomes, taken.place or place_in(batch.sitting.user_id, batch.sitting.audiobook.id)
    outcomes = _disagreeing(taken, conflict)
    return outcomes, place_in(batch.sitting.user_id, batch.sitting.audiobook.id)  # a policy may have moved it


def _disagreeing(taken: Taken, conflict: PositionConflict) -> list[Outcome]:
    """Return outcomes of which the last new one says in which conflict it is."""
    last = max(taken.new, key=lambda event: event.key).seq
    return [
        replace(one, outcome=CONFLICT, conflict_id=conflict.pk)
        if one.seq == last and one.outcome != REJECTED
        else one
        for one in taken.outcomes
    ]
