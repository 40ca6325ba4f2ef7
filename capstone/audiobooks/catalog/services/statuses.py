"""
Where a recording stands, and the only place that moves it: draft → processing → ready → withdrawn.

Curators publish, withdraw and restore; a job that brings sound begins and ends the processing of a draft.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.services.versions import versions_count_up
from audiobooks.errors import Conflict, NotFound
from lab_celery import outbox
from lab_rest.preconditions import Precondition

Status = Audiobook.Status
ANY_VERSION = Precondition(None)


@dataclass(frozen=True, slots=True)
class Move:
    """One way from some statuses to another; ``by_hand``: a curator's verb."""

    verb: str
    sources: tuple[Status, ...]
    target: Status
    by_hand: bool = True


# --8<-- [start:moves]
PUBLISH = Move("publish", (Status.DRAFT,), Status.READY)
WITHDRAW = Move("withdraw", (Status.DRAFT, Status.READY), Status.WITHDRAWN)
RESTORE = Move("restore", (Status.WITHDRAWN,), Status.DRAFT)
PROCESS = Move("process", (Status.DRAFT,), Status.PROCESSING, by_hand=False)
GIVE_BACK = Move("give back", (Status.PROCESSING,), Status.DRAFT, by_hand=False)
PUBLISH_PROCESSED = Move("publish", (Status.PROCESSING,), Status.READY, by_hand=False)
MOVES = (PUBLISH, WITHDRAW, RESTORE, PROCESS, GIVE_BACK, PUBLISH_PROCESSED)
# --8<-- [end:moves]


class WrongStatus(Conflict):
    """The recording is where this cannot be done. Names what can be."""

    def __init__(self, status: str, verb: str) -> None:
        allowed = [move.verb for move in MOVES if move.by_hand and status in move.sources]
        then = f"What it can do: {', '.join(allowed)}." if allowed else "Wait for its job, or cancel that."
        super().__init__("wrong_status", f"This recording is {status}, so it does not {verb}. {then}")


def audiobook_publish(*, audiobook_id: UUID, precondition: Precondition) -> Audiobook:
    """
    Let listeners see a draft. Raises ``NotFound``, ``PreconditionFailed``, ``WrongStatus``, ``Conflict("no_audio")``.

    Publishes ``catalog.audiobook_ready``.
    """
    return _moved(audiobook_id, PUBLISH, precondition)


def audiobook_withdraw(*, audiobook_id: UUID, precondition: Precondition) -> Audiobook:
    """Hide a recording from listeners, nothing lost. Raises ``NotFound``, ``PreconditionFailed``, ``WrongStatus``."""
    return _moved(audiobook_id, WITHDRAW, precondition)


def audiobook_restore(*, audiobook_id: UUID, precondition: Precondition) -> Audiobook:
    """
    Bring a withdrawn recording back as a draft, to be looked at and published.

    Raises ``NotFound``, ``PreconditionFailed``, ``WrongStatus``.
    """
    return _moved(audiobook_id, RESTORE, precondition)


def processing_begin(*, audiobook_id: UUID) -> Audiobook:
    """Keep a draft for the job that brings its sound. Raises ``NotFound``, ``WrongStatus``."""
    return _moved(audiobook_id, PROCESS, ANY_VERSION)


def processing_end(*, audiobook_id: UUID, publish: bool) -> Audiobook:
    """Give a recording back as a draft, or publish it. Raises as ``audiobook_publish`` does."""
    return _moved(audiobook_id, PUBLISH_PROCESSED if publish else GIVE_BACK, ANY_VERSION)


# --8<-- [start:moved]
@transaction.atomic
def _moved(audiobook_id: UUID, move: Move, precondition: Precondition) -> Audiobook:
    audiobook = precondition.locked(Audiobook.objects.filter(pk=audiobook_id))
    if audiobook is None:
        raise NotFound("audiobook_unknown", f"There is no audiobook {audiobook_id}.")
    if audiobook.status not in move.sources:
        raise WrongStatus(audiobook.status, move.verb)
    if move.target == Status.READY and audiobook.duration_ms == 0:
        raise Conflict("no_audio", "This recording has no audio yet: store its files first.")
    audiobook.status = move.target
    audiobook.save(update_fields=["status", "updated_at"])
    versions_count_up(audiobook)
    if move.target == Status.READY:
        outbox.publish("catalog.audiobook_ready", audiobook_id=audiobook_id)
    return audiobook


# --8<-- [end:moved]
