"""Beginning and ending a sitting."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from audiobooks.errors import Conflict, Invalid, NotFound
from audiobooks.library.revisions import revision_next
from audiobooks.library.selectors import audiobook_to_hear
from audiobooks.library.services import entry_start
from audiobooks.playback.models import Device, PlaybackSession
from audiobooks.playback.selectors import session_of
from audiobooks.principal import Principal

MOST_DEVICES = 50
DECISIONS = UUID(int=0)  # the client id of the device that stands for what a listener decided


def session_begin(
    *, principal: Principal, audiobook_id: UUID, device_id: UUID, device_name: str, now: datetime
) -> PlaybackSession:
    """
    Begin a sitting of a device with a recording; the device knows of all that is stored now (aware UTC).

    Raises ``NotFound``, ``NotAllowed("grant_required")``, ``Invalid``, ``Conflict("too_many_devices")``.
    """
    user_id = listener(principal)
    audiobook = audiobook_to_hear(principal, audiobook_id)
    with transaction.atomic():
        revision = revision_next(user_id)
        device = device_known(user_id, device_id, device_name, now=now)
        entry_start(user_id=user_id, audiobook_id=audiobook.pk, revision=revision, now=now)
        return PlaybackSession.objects.create(
            user_id=user_id,
            audiobook=audiobook,
            device=device,
            started_at=now,
            seen_revision=revision,
            revision=0,
        )


def session_close(*, user_id: UUID, session_id: UUID, now: datetime) -> PlaybackSession:
    """
    End a sitting; ending it again changes nothing. What its device told nobody yet is still welcome.

    ``now`` is aware UTC. Raises ``NotFound``. 2 queries.
    """
    session = session_of(user_id, session_id)
    if session.closed_at is None:
        session.closed_at = max(now, session.started_at)
        PlaybackSession.objects.filter(pk=session.pk, closed_at=None).update(closed_at=session.closed_at)
    return session


def listener(principal: Principal) -> UUID:
    """Return the id of the listener who asks. Raises ``NotFound``: an anonymous caller has no place in any book."""
    if principal.user_id is None:
        raise NotFound("account_gone", "Only members have a place in a book.")
    return principal.user_id


def device_row_id(user_id: UUID, client_id: UUID) -> UUID:
    """
    Return the id under which a listener's device is stored: it follows from its own, not from when it was first heard of.

    Ties of the merge are broken by it, so they are broken the same way whichever device arrives first.
    """
    return uuid5(user_id, str(client_id))


def device_known(user_id: UUID, client_id: UUID, name: str, *, now: datetime) -> Device:
    """
    Return a listener's device, made or renamed where need be: another's device of the same id is another device.

    The caller holds the listener's revision. Raises ``Invalid("device_reserved")``, ``Conflict("too_many_devices")``.
    """
    if client_id == DECISIONS:
        raise Invalid("device_reserved", "A device makes its own random id once, and keeps it.")
    device = Device.objects.filter(user=user_id, client_id=client_id).first()
    if device is None:
        if Device.objects.filter(user=user_id).count() >= MOST_DEVICES:
            raise Conflict(
                "too_many_devices", f"You have {MOST_DEVICES} devices: keep a device's id instead."
            )
        return Device.objects.create(
            id=device_row_id(user_id, client_id),
            user_id=user_id,
            client_id=client_id,
            name=name,
            created_at=now,
        )
    if device.name != name:
        device.name = name
        device.save(update_fields=["name"])
    return device
