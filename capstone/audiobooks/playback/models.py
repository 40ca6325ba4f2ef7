"""
Devices, sessions, events and what the merge makes of them.

What changes with every tick (a position, its coverage, the day, the session) stands in no index, and its pages are left
half empty (migration 0002): such an update rewrites one page and no index, PostgreSQL's heap-only tuples.
"""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from audiobooks.catalog.models import Audiobook
from audiobooks.ids import new_id
from audiobooks.playback.fields import MillisecondsField
from audiobooks.playback.merge import Event, Listening
from audiobooks.playback.ranges import Ranges, length_ms

LONGEST_MS = 2**31 - 1
MOST_RESTARTS = 1_000_000
MOST_A_DAY_MS = (24 * 3600 + 30) * 1000 * 4  # a whole day at four times the speed


class Device(models.Model):
    """What a listener listens on. It chooses its own id, which is one of this listener's only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    client_id = models.UUIDField()
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "client_id"], name="device_once")]

    def __str__(self) -> str:
        return self.name


class PlaybackSession(models.Model):
    """One sitting: a device begins a recording, and tells what it heard."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="+")
    device = models.ForeignKey(Device, models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    seen_revision = models.BigIntegerField(help_text="What its device knew of when it began.")
    revision = models.BigIntegerField(help_text="The change that brought its last event.")

    class Meta:
        indexes = [models.Index(fields=["user", "audiobook", "started_at"], name="playback_by_listener")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("started_at")),
                name="playback_closes_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.audiobook_id} on {self.device_id}"


class PositionEvent(models.Model):
    """
    What a device told, once and for all: no row is ever changed.

    The table is partitioned by month of ``effective_at``; its key in the database is (id, effective_at).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    device = models.ForeignKey(Device, models.CASCADE, related_name="events", db_index=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="+", db_index=False)
    session = models.ForeignKey(PlaybackSession, models.CASCADE, null=True, related_name="events")
    seq = models.BigIntegerField()
    revision = models.BigIntegerField()
    generation = models.PositiveIntegerField()
    effective_at = models.DateTimeField()
    stored_at = models.DateTimeField()
    position_ms = models.PositiveIntegerField()
    heard_from_ms = models.PositiveIntegerField(null=True)
    speed_percent = models.PositiveSmallIntegerField(default=100)

    class Meta:
        indexes = [models.Index(fields=["device", "audiobook", "seq"], name="event_by_device")]
        constraints = [
            models.CheckConstraint(
                condition=Q(heard_from_ms__isnull=True) | Q(heard_from_ms__lte=F("position_ms")),
                name="event_heard_up_to_position",
            ),
            models.CheckConstraint(
                condition=Q(speed_percent__gte=50, speed_percent__lte=400), name="event_speed_bounded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.seq}"

    @property
    def event(self) -> Event:
        """This row, as the merge wants it."""
        heard = None if self.heard_from_ms is None else (self.heard_from_ms, self.position_ms)
        return Event(
            self.device_id,
            self.seq,
            self.session_id or self.device_id,
            self.generation,
            self.effective_at,
            self.position_ms,
            heard,
            self.speed_percent,
            self.revision,
        )


class EventReceipt(models.Model):
    """That an event is stored, apart from the partitions: a unique key over all of them would need their month."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="receipts", db_index=False)
    seq = models.BigIntegerField()
    digest = models.BinaryField(max_length=16, help_text="Of what the event said.")
    stored_at = models.DateTimeField()

    class Meta:
        indexes = [BrinIndex(fields=["stored_at"], name="receipt_by_age")]
        constraints = [models.UniqueConstraint(fields=["device", "seq"], name="event_receipt_once")]

    def __str__(self) -> str:
        return f"{self.device_id} {self.seq}"


class ListeningPosition(models.Model):
    """Where a listener is in a recording: the head of the merge. One row, changed by every tick."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="+")
    device = (
        models.ForeignKey(  # which changes with a tick, so no index; a device goes with its listener alone
            Device, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
        )
    )
    seq = models.BigIntegerField()
    generation = models.PositiveIntegerField()
    heard_at = models.DateTimeField(help_text="The head's time, by the server's clock.")
    position_ms = models.PositiveIntegerField()
    revision = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "audiobook"], name="position_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.audiobook_id}: {self.position_ms} ms"

    @property
    def head(self) -> Event:
        """This row, as the merge wants it."""
        return Event(
            self.device_id, self.seq, self.device_id, self.generation, self.heard_at, self.position_ms
        )


class Coverage(models.Model):
    """What a listener has heard of a recording, ever."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="+")
    heard = MillisecondsField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "audiobook"], name="coverage_once")]

    def __str__(self) -> str:
        return f"{length_ms(self.heard)} ms"


class ListeningDay(models.Model):
    """What a session did on one day (UTC), and what of it counts."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    session = models.ForeignKey(PlaybackSession, models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    speed_percent = models.PositiveSmallIntegerField()
    heard = MillisecondsField()
    listened_ms = models.PositiveIntegerField()
    excess_ms = models.PositiveIntegerField(default=0, help_text="Claimed beyond what is possible.")

    class Meta:
        indexes = [models.Index(fields=["user", "day"], name="listening_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["session", "day"], name="listening_day_once"),
            models.CheckConstraint(condition=Q(first_at__lte=F("last_at")), name="listening_in_order"),
            models.CheckConstraint(condition=Q(listened_ms__lte=MOST_A_DAY_MS), name="listening_is_possible"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.listened_ms} ms"

    @property
    def listening(self) -> Listening:
        """This row, as the merge wants it."""
        heard: Ranges = self.heard
        return Listening(self.first_at, self.last_at, self.speed_percent, heard)


class Policy(models.TextChoices):
    """What a listener wants done when two devices went different ways."""

    ASK = "ask"
    LATEST = "latest"
    FURTHEST = "furthest"


class PlaybackPolicy(models.Model):
    """A listener's policy; without a row it is to ask."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="playback_policy"
    )
    on_conflict = models.CharField(max_length=8, choices=Policy.choices, default=Policy.ASK)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(on_conflict__in=["ask", "latest", "furthest"]), name="policy_known"
            )
        ]

    def __str__(self) -> str:
        return self.on_conflict


class PositionConflict(models.Model):
    """Two devices that went different ways, both places kept; ``low`` is the device with the lower id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="+")
    low_device = models.ForeignKey(Device, models.CASCADE, related_name="+")
    low_position_ms = models.PositiveIntegerField()
    low_at = models.DateTimeField()
    high_device = models.ForeignKey(Device, models.CASCADE, related_name="+")
    high_position_ms = models.PositiveIntegerField()
    high_at = models.DateTimeField()
    generation = models.PositiveIntegerField()
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=8, blank=True, choices=[*Policy.choices, ("user", "User")])
    kept_device = models.ForeignKey(Device, models.CASCADE, null=True, related_name="+")
    before_ms = models.PositiveIntegerField(null=True, help_text="Where the head was before it was settled.")
    settled_revision = models.BigIntegerField(default=0)
    revision = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["user", "audiobook"], name="conflict_by_listener")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "audiobook", "low_device", "high_device"],
                name="conflict_open_once",
                condition=Q(settled_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by="", kept_device__isnull=True)
                | Q(settled_at__isnull=False, kept_device__isnull=False)
                & Q(settled_by__in=["user", "latest", "furthest"]),
                name="conflict_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.low_position_ms} or {self.high_position_ms} ms"
