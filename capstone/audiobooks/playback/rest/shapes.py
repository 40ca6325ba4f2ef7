"""What playback answers, and what devices send."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audiobooks.catalog.rest.examples import shown_as
from audiobooks.catalog.rest.inputs import PlainTextField
from audiobooks.library.rest.shapes import BookmarkOut, EntryOut, ItemOut, OwnBookOut, ShelfOut
from audiobooks.playback.feed import SOURCES, Change
from audiobooks.playback.models import LONGEST_MS, MOST_RESTARTS, Policy, PositionConflict
from audiobooks.playback.rest import examples
from audiobooks.playback.services import OfflineSession, Told
from audiobooks.playback.services.batches import MOST_EVENTS, MOST_SESSIONS
from audiobooks.playback.services.events import OUTCOMES
from audiobooks.reviews.rest.shapes import ReviewOut
from lab_rest.serializers import StrictSerializer

LARGEST = 2**53  # whole numbers beyond it are not safe in JavaScript


class DeviceOut(serializers.Serializer[Any]):
    """A listener's device."""

    id = serializers.UUIDField(source="client_id", help_text="As the device chose it.")
    name = serializers.CharField()


@shown_as(examples.POSITION)
class PositionOut(serializers.Serializer[Any]):
    """Where a listener is in a recording."""

    id = serializers.UUIDField()
    audiobook = OwnBookOut()
    position_ms = serializers.IntegerField()
    generation = serializers.IntegerField(help_text="Counts deliberate restarts, by whoever restarts.")
    heard_at = serializers.DateTimeField(help_text="By the server's clock.")
    device = DeviceOut()
    revision = serializers.IntegerField(help_text="The listener's change that put it there.")


@shown_as(examples.PLAYBACK)
class PlaybackOut(serializers.Serializer[Any]):
    """One sitting."""

    id = serializers.UUIDField()
    audiobook = OwnBookOut()
    device = DeviceOut()
    started_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    seen_revision = serializers.IntegerField(help_text="What the device knew of when it began.")
    position = serializers.SerializerMethodField()

    @extend_schema_field(PositionOut(allow_null=True))
    def get_position(self, session: object) -> Any:
        """Return where the listener is."""
        position = self.context.get("position")
        return PositionOut(position).data if position else None


class OutcomeOut(serializers.Serializer[Any]):
    """What became of one event."""

    seq = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=[(word, word) for word in OUTCOMES])
    code = serializers.SerializerMethodField(help_text="Why it was rejected, in a word.")
    detail = serializers.CharField(help_text="Why it was rejected, and what to do.")
    conflict = serializers.UUIDField(source="conflict_id", allow_null=True)

    def get_code(self, outcome: Any) -> str:
        """Return it as problems spell their types."""
        return str(outcome.code).replace("_", "-")


@shown_as(examples.EVENTS)
class EventsOut(serializers.Serializer[Any]):
    """What became of each event, in the order they were sent in, and where the listener is now."""

    results = OutcomeOut(many=True, source="outcomes")
    positions = PositionOut(many=True)
    revision = serializers.IntegerField()


class DeviceIn(StrictSerializer):
    """The device, by the random id that it made once and keeps."""

    id = serializers.UUIDField()
    name = PlainTextField(max_length=120)


@shown_as(examples.BEGIN_IN)
class PlaybackIn(StrictSerializer):
    """Which device begins to play."""

    device = DeviceIn()


class EventIn(StrictSerializer):
    """Where a device was, and what it played up to there."""

    seq = serializers.IntegerField(
        min_value=0, max_value=LARGEST, help_text="The device's own count of its events, over all sessions."
    )
    at = serializers.DateTimeField(help_text="By the device's clock, right or wrong.")
    generation = serializers.IntegerField(
        min_value=0, max_value=MOST_RESTARTS, help_text="The position's; one more is a restart."
    )
    position_ms = serializers.IntegerField(min_value=0, max_value=LONGEST_MS)
    heard_from_ms = serializers.IntegerField(
        min_value=0, max_value=LONGEST_MS, allow_null=True, required=False, help_text="Left out after a jump."
    )
    speed_percent = serializers.IntegerField(min_value=50, max_value=400, required=False)


@shown_as(examples.EVENTS_IN)
class EventsIn(StrictSerializer):
    """What a session's device tells."""

    sent_at = serializers.DateTimeField(help_text="By the same clock as the events: its error cancels out.")
    events = EventIn(many=True, min_length=1, max_length=MOST_EVENTS)  # type: ignore[call-arg]  # the list's

    @property
    def told(self) -> list[Told]:
        """What the service is to take."""
        return [Told(**event) for event in self.validated_data["events"]]


class SessionIn(StrictSerializer):
    """A sitting that the device began by itself."""

    id = serializers.UUIDField(help_text="Random, made by the device.")
    audiobook = serializers.UUIDField()
    started_at = serializers.DateTimeField(help_text="By the device's clock.")
    seen_revision = serializers.IntegerField(
        min_value=0, max_value=LARGEST, help_text="The last `revision` it had been told."
    )


class OfflineEventIn(EventIn):
    """An event, and the sitting it is of."""

    session = serializers.UUIDField()


@shown_as(examples.SYNC_IN)
class OfflineIn(StrictSerializer):
    """What a device did while nobody could hear of it."""

    device = DeviceIn()
    sent_at = serializers.DateTimeField(help_text="By the same clock as everything else in here.")
    sessions = SessionIn(many=True, min_length=1, max_length=MOST_SESSIONS)  # type: ignore[call-arg]  # the list's
    events = OfflineEventIn(many=True, min_length=1, max_length=MOST_EVENTS)  # type: ignore[call-arg]  # the list's

    @property
    def told(self) -> list[Told]:
        """What the service is to take."""
        events = [dict(event) for event in self.validated_data["events"]]
        return [Told(session_id=event.pop("session"), **event) for event in events]

    @property
    def offline(self) -> list[OfflineSession]:
        """The sittings, as the service wants them."""
        sessions = [dict(session) for session in self.validated_data["sessions"]]
        return [OfflineSession(audiobook_id=session.pop("audiobook"), **session) for session in sessions]


class PlaceOut(serializers.Serializer[Any]):
    """One side of a conflict."""

    device = DeviceOut()
    position_ms = serializers.IntegerField()
    heard_at = serializers.DateTimeField()


@shown_as(examples.CONFLICT_OUT)
class ConflictOut(serializers.Serializer[Any]):
    """Two devices that went different ways, and both places."""

    id = serializers.UUIDField()
    audiobook = OwnBookOut()
    state = serializers.SerializerMethodField()
    places = serializers.SerializerMethodField()
    found_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_by = serializers.CharField(help_text="`user`, or the policy that did: `latest`, `furthest`.")
    kept = serializers.UUIDField(source="kept_device.client_id", default=None, allow_null=True)
    revision = serializers.IntegerField()

    def get_state(self, conflict: PositionConflict) -> str:
        """Return `open` or `settled`."""
        return "open" if conflict.settled_at is None else "settled"

    @extend_schema_field(PlaceOut(many=True))
    def get_places(self, conflict: PositionConflict) -> Any:
        """Return both places."""
        sides = ("low", "high")
        names = {"device": "device", "position_ms": "position_ms", "heard_at": "at"}
        return PlaceOut(
            [{key: getattr(conflict, f"{side}_{name}") for key, name in names.items()} for side in sides],
            many=True,
        ).data


@shown_as(examples.RESOLVE_IN)
class ResolveIn(StrictSerializer):
    """Where to go on."""

    device = serializers.UUIDField(help_text="The device of the place to keep.")


@shown_as(examples.POLICY)
class PolicyIn(StrictSerializer):
    """What is to be done about conflicts."""

    on_conflict = serializers.ChoiceField(choices=Policy.choices)


@shown_as(examples.POLICY)
class PolicyOut(serializers.Serializer[Any]):
    """What is done about conflicts."""

    on_conflict = serializers.ChoiceField(choices=Policy.choices)


class ChangeOut(serializers.Serializer[Change]):
    """One thing as it stands; the member named like its `kind` holds it, unless it was deleted."""

    revision = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[(kind, kind) for kind in SOURCES])
    id = serializers.UUIDField()
    is_deleted = serializers.SerializerMethodField()
    position = PositionOut(allow_null=True)
    conflict = ConflictOut(allow_null=True)
    entry = EntryOut(allow_null=True)
    shelf = ShelfOut(allow_null=True)
    item = ItemOut(allow_null=True)
    bookmark = BookmarkOut(allow_null=True)
    review = ReviewOut(allow_null=True)

    def get_is_deleted(self, change: Change) -> bool:
        """Return whether it is gone."""
        return change.thing is None

    def to_representation(self, change: Change) -> dict[str, Any]:
        """Put the thing under its kind."""
        shape = self.fields[change.kind]
        things: dict[str, Any] = dict.fromkeys(SOURCES)
        things[change.kind] = None if change.thing is None else shape.to_representation(change.thing)
        named = {"revision": change.revision, "kind": change.kind, "id": str(change.id)}
        return named | {"is_deleted": change.thing is None} | things


@shown_as(examples.CHANGES)
class ChangesOut(serializers.Serializer[Any]):
    """What changed, the oldest first."""

    changes = ChangeOut(many=True)
    next = serializers.IntegerField(help_text="Send it as `since` next time.")
    has_more = serializers.BooleanField(help_text="There is more already: ask at once.")


class DayOut(serializers.Serializer[Any]):
    """A day, UTC."""

    day = serializers.DateField()
    listened_ms = serializers.IntegerField()


@shown_as(examples.STATS)
class StatsOut(serializers.Serializer[Any]):
    """How much was heard."""

    heard_ms = serializers.IntegerField(help_text="Of all recordings, each millisecond once.")
    days = DayOut(many=True, help_text="Days with listening, the newest first.")
