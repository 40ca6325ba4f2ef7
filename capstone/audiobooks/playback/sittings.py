"""
What a tick reads and answers: few columns, by SQL that the ORM has written once.

The rows have the members of the models that their shapes name, so whatever shows a model shows them.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Exists, OuterRef

from audiobooks.compiled_query import CompiledQuery
from audiobooks.errors import NotFound
from audiobooks.library.selectors import audiobook_to_hear, audiobooks_to_hear
from audiobooks.playback.models import ListeningPosition, PlaybackSession
from audiobooks.playback.selectors import UNKNOWN
from audiobooks.principal import Principal, Role

SOMEBODY, SOMETHING = UUID(int=0), UUID(int=1)


@dataclass(frozen=True, slots=True)
class Recording:
    """What is heard."""

    id: UUID
    title: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Player:
    """What it is heard on: ``id`` is ours, ``client_id`` its own."""

    id: UUID
    client_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session, as its events need it."""

    id: UUID
    user_id: UUID
    started_at: datetime
    audiobook: Recording
    device: Player


@dataclass(frozen=True, slots=True)
class Place:
    """Where a listener is in a recording."""

    id: UUID
    audiobook: Recording
    position_ms: int
    generation: int
    heard_at: datetime
    device: Player
    revision: int


RECORDING = ("audiobook_id", "audiobook__title", "audiobook__duration_ms")
PLAYER = ("device_id", "device__client_id", "device__name")


def sitting_to_hear(principal: Principal, user_id: UUID, session_id: UUID) -> Sitting:
    """
    Return one of a listener's own sittings, in a recording that they may hear. 1 query.

    Raises ``NotFound`` for everybody else's too, and as ``audiobook_to_hear`` does.
    """
    rows = sitting_query(principal.role).rows(user=user_id, id=session_id)
    if not rows:
        raise NotFound(*UNKNOWN)
    may_hear, started_at, *rest = rows[0]
    recording, player = Recording(*rest[:3]), Player(*rest[3:])
    if not may_hear:
        audiobook_to_hear(principal, recording.id)  # raises, and says why
    return Sitting(session_id, user_id, started_at, recording, player)


@lru_cache
def sitting_query(role: Role | None) -> CompiledQuery:
    """Return the statement of a sitting, and whether somebody of this role may hear its recording."""
    to_hear = audiobooks_to_hear(Principal(SOMEBODY, role)).filter(pk=OuterRef("audiobook"))
    found = PlaybackSession.objects.filter(user=SOMEBODY, pk=SOMETHING).annotate(may_hear=Exists(to_hear))
    return CompiledQuery(
        found.values_list("may_hear", "started_at", *RECORDING, *PLAYER), user=SOMEBODY, id=SOMETHING
    )


def place_in(user_id: UUID, audiobook_id: UUID) -> Place | None:
    """Return where a listener is in a recording. 1 query."""
    for id_, position_ms, generation, heard_at, revision, *rest in place_query().rows(
        user=user_id, audiobook=audiobook_id
    ):
        return Place(
            id_, Recording(*rest[:3]), position_ms, generation, heard_at, Player(*rest[3:]), revision
        )
    return None


@lru_cache
def place_query() -> CompiledQuery:
    """Return the statement of a place."""
    found = ListeningPosition.objects.filter(user=SOMEBODY, audiobook=SOMETHING).values_list(
        "id", "position_ms", "generation", "heard_at", "revision", *RECORDING, *PLAYER
    )
    return CompiledQuery(found, user=SOMEBODY, audiobook=SOMETHING)
