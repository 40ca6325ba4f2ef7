"""Finding that two devices went different ways, and deciding which way it is."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from audiobooks.errors import Conflict, Invalid
from audiobooks.library.revisions import revision_next
from audiobooks.playback.divergence import Divergence, divergences
from audiobooks.playback.merge import Event
from audiobooks.playback.models import (
    Device,
    ListeningPosition,
    PlaybackPolicy,
    Policy,
    PositionConflict,
    PositionEvent,
)
from audiobooks.playback.selectors import conflict_of, events_after, policy_of
from audiobooks.playback.services.events import AN_INSTANT, head_write, rows_of
from audiobooks.playback.services.sessions import DECISIONS, device_row_id
from audiobooks.playback.services.storage import Stored
from audiobooks.playback.sittings import Sitting


def conflicts_watch(
    sitting: Sitting, before: Stored, *, generation: int, revision: int, now: datetime
) -> PositionConflict | None:
    """
    Return the conflict that a sitting's device is in after its newest events; it is found, or brought up to date.

    ``before`` is what was stored before these. No query where no other device has told anything that this one had not seen:
    as good as always.
    """
    seen, told, mine = before.seen, before.told, sitting.device.id
    others = [device for device in told if device != mine and told[device] > seen.get(mine, 0)]
    if not others:
        return None
    stored = list(PositionConflict.objects.filter(user=sitting.user_id, audiobook=sitting.audiobook.id))
    found = None
    for other in sorted(others):
        pair = {mine, other}
        settled = [one.settled_revision for one in stored if {one.low_device_id, one.high_device_id} == pair]
        known = {device: max([seen.get(device, 0), *settled]) for device in pair}
        rows = [
            *events_after(mine, sitting.audiobook.id, known[other]),
            *events_after(other, sitting.audiobook.id, known[mine]),
        ]
        for divergence in divergences([row.event for row in rows], known):
            if divergence.low.generation == generation:
                found = _kept(divergence, sitting, stored, revision, now)
    return found


def _kept(
    pair: Divergence, sitting: Sitting, stored: list[PositionConflict], revision: int, now: datetime
) -> PositionConflict:
    """Keep both places: in the pair's open conflict, or in a new one that the listener's policy may settle."""
    names = (pair.low.device_id, pair.high.device_id)
    for one in stored:
        if one.settled_at is None and (one.low_device_id, one.high_device_id) == names:
            conflict = one
            break
    else:
        conflict = PositionConflict(
            user_id=sitting.user_id,
            audiobook_id=sitting.audiobook.id,
            low_device_id=names[0],
            high_device_id=names[1],
            found_at=now,
        )
    conflict.low_position_ms, conflict.low_at = pair.low.position_ms, pair.low.effective_at
    conflict.high_position_ms, conflict.high_at = pair.high.position_ms, pair.high.effective_at
    conflict.generation, conflict.revision = pair.low.generation, revision
    is_new = conflict._state.adding
    policy = policy_of(sitting.user_id) if is_new else Policy.ASK
    if policy != Policy.ASK:
        keep = pair.latest if policy == Policy.LATEST else pair.furthest
        _settle(conflict, keep.device_id, by=policy, revision=revision, now=now)
    conflict.save()
    return conflict


def conflict_settle(*, user_id: UUID, conflict_id: UUID, client_id: UUID, now: datetime) -> PositionConflict:
    """
    Go on where one of the two devices was; ``client_id`` is that device's.

    ``now`` is aware UTC. Raises ``NotFound``, ``Conflict("conflict_settled")``, ``Invalid("not_a_side")``.
    """
    conflict_of(user_id, conflict_id)
    with transaction.atomic():
        revision = revision_next(user_id)
        conflict = conflict_of(user_id, conflict_id)  # as it stands now that nobody else can change it
        if conflict.settled_at is not None:
            raise Conflict("conflict_settled", "This conflict is settled: undo that first.")
        sides = {device.client_id: device.pk for device in (conflict.low_device, conflict.high_device)}
        if client_id not in sides:
            raise Invalid("not_a_side", "Name the device of one of the two places.")
        _settle(conflict, sides[client_id], by="user", revision=revision, now=now)
        conflict.save()
    return conflict_of(user_id, conflict_id)


def conflict_undo(*, user_id: UUID, conflict_id: UUID, now: datetime) -> PositionConflict:
    """
    Open a settled conflict again, and go back to where the listener was before.

    Raises ``NotFound``, ``Conflict``: ``conflict_open``, and ``conflict_newer`` where the two devices disagree anew.
    """
    conflict_of(user_id, conflict_id)
    with transaction.atomic():
        revision = revision_next(user_id)
        conflict = conflict_of(user_id, conflict_id)  # as it stands now that nobody else can change it
        if conflict.settled_at is None:
            raise Conflict("conflict_open", "This conflict is open: there is nothing to undo.")
        newer = PositionConflict.objects.filter(
            user=user_id,
            audiobook=conflict.audiobook_id,
            low_device=conflict.low_device_id,
            high_device=conflict.high_device_id,
            settled_at=None,
        )
        if newer.exists():
            raise Conflict("conflict_newer", "These devices disagree anew: settle that instead.")
        if conflict.before_ms is not None:
            _head_move(conflict, conflict.before_ms, revision=revision, now=now)
        conflict.settled_at = conflict.kept_device_id = conflict.before_ms = None
        conflict.settled_by, conflict.settled_revision, conflict.revision = "", 0, revision
        conflict.save()
    return conflict_of(user_id, conflict_id)


def policy_set(*, user_id: UUID, on_conflict: str) -> str:
    """Say what is to be done about the conflicts to come. Raises ``NotFound``."""
    with transaction.atomic():
        revision_next(user_id)
        PlaybackPolicy.objects.update_or_create(pk=user_id, defaults={"on_conflict": on_conflict})
    return on_conflict


def _settle(conflict: PositionConflict, device_id: UUID, *, by: str, revision: int, now: datetime) -> None:
    """Settle a conflict in favour of a device; the caller saves it."""
    is_low = device_id == conflict.low_device_id
    position_ms = conflict.low_position_ms if is_low else conflict.high_position_ms
    conflict.before_ms = _head_move(conflict, position_ms, revision=revision, now=now)
    conflict.settled_at, conflict.settled_by, conflict.kept_device_id = now, by, device_id
    conflict.settled_revision = conflict.revision = revision


def _head_move(conflict: PositionConflict, position_ms: int, *, revision: int, now: datetime) -> int:
    """
    Move the head by an event like any other, so that the merge keeps it there; return where it was.

    It is of a device of its own, which counts by revisions: no two decisions of a listener have the same.
    """
    position = ListeningPosition.objects.get(user=conflict.user_id, audiobook=conflict.audiobook_id)
    before_ms, head = position.position_ms, position.head
    if before_ms == position_ms:
        return before_ms
    device, _ = Device.objects.get_or_create(
        user_id=conflict.user_id,
        client_id=DECISIONS,
        defaults={
            "id": device_row_id(conflict.user_id, DECISIONS),
            "name": "Your decision",
            "created_at": now,
        },
    )
    decision = Event(
        device_id=device.pk,
        seq=revision,
        session_id=device.pk,
        generation=head.generation,
        effective_at=max(now, head.effective_at + AN_INSTANT),
        position_ms=position_ms,
        revision=revision,
    )
    PositionEvent.objects.bulk_create(rows_of([decision], conflict.audiobook_id, None, stored_at=now))
    head_write(decision, user_id=conflict.user_id, audiobook_id=conflict.audiobook_id, revision=revision)
    return before_ms
