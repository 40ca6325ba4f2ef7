"""
What devices tell and are told, on the usual way: without serializers, for a tick comes every few seconds from everybody.

What is taken here is taken by ``shapes.EventsIn`` too, and means the same. All else goes that way, and whatever is wrong is
found and told there.
"""

from datetime import datetime
from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request

from audiobooks.catalog.rest.writes import valid
from audiobooks.playback.models import LONGEST_MS, MOST_RESTARTS
from audiobooks.playback.rest import shapes
from audiobooks.playback.services import BatchResult, Told
from audiobooks.playback.services.batches import MOST_EVENTS
from audiobooks.playback.services.events import Outcome
from audiobooks.playback.sittings import Place

JSON = "application/json"
NO_STORE = {"Cache-Control": "private, no-store"}
TIME = r"\A20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})\Z"
Time = Annotated[str, Meta(pattern=TIME)]
Milliseconds = Annotated[int, Meta(ge=0, le=LONGEST_MS)]


class Event(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An event, as ``shapes.EventIn`` has it."""

    seq: Annotated[int, Meta(ge=0, le=shapes.LARGEST)]
    at: Time
    generation: Annotated[int, Meta(ge=0, le=MOST_RESTARTS)]
    position_ms: Milliseconds
    heard_from_ms: Milliseconds | None = None
    speed_percent: Annotated[int, Meta(ge=50, le=400)] = 100


class Events(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A batch, as ``shapes.EventsIn`` has it."""

    sent_at: Time
    events: Annotated[list[Event], Meta(min_length=1, max_length=MOST_EVENTS)]


EVENTS = msgspec.json.Decoder(Events)


def events_in(request: Request) -> tuple[datetime, list[Told]]:
    """Return when a batch was sent, by its device's clock, and its events. Raises ``ValidationError``."""
    found = plain_events(request)
    if found is None:
        body = valid(shapes.EventsIn, request)
        found = body.validated_data["sent_at"], body.told
    return found


def plain_events(request: Request) -> tuple[datetime, list[Told]] | None:
    """Return the same; None where it is unusual, or wrong."""
    if request.META.get("CONTENT_TYPE") != JSON:
        return None
    try:
        batch = EVENTS.decode(request._request.body)
        return datetime.fromisoformat(batch.sent_at), [told(event) for event in batch.events]
    except ValueError:  # not JSON, of another shape, or the 31st of February
        return None


def told(event: Event) -> Told:
    """Return an event as the service takes it. Raises ``ValueError`` for a day that there is not."""
    at = datetime.fromisoformat(event.at)
    return Told(event.seq, at, event.generation, event.position_ms, event.heard_from_ms, event.speed_percent)


def events_out(result: BatchResult) -> HttpResponse:
    """Answer what ``shapes.EventsOut`` describes."""
    content = {
        "results": [outcome_out(one) for one in result.outcomes],
        "positions": [position_out(one) for one in result.positions],
        "revision": result.revision,
    }
    return HttpResponse(msgspec.json.encode(content), content_type=JSON, headers=NO_STORE)


def outcome_out(one: Outcome) -> dict[str, object]:
    """Return what became of an event, as ``shapes.OutcomeOut`` has it."""
    return {
        "seq": one.seq,
        "outcome": one.outcome,
        "code": one.code.replace("_", "-"),
        "detail": one.detail,
        "conflict": one.conflict_id,
    }


def position_out(one: Place) -> dict[str, object]:
    """Return where a listener is, as ``shapes.PositionOut`` has it."""
    return {
        "id": one.id,
        "audiobook": one.audiobook,
        "position_ms": one.position_ms,
        "generation": one.generation,
        "heard_at": one.heard_at,
        "device": {"id": one.device.client_id, "name": one.device.name},
        "revision": one.revision,
    }
