"""What is promised, what was done, what could not be done, how far a job is, and which ticks were published."""

from uuid import UUID

from django.db import models
from uuid_utils import compat


def new_id() -> UUID:
    """Return a fresh UUID of version 7 (RFC 9562): they sort by the time they were made."""
    return compat.uuid7()


class OutboxRow(models.Model):
    """
    An event that waits for the relay (``sent_at`` is None) or was handed to the broker.

    ``task`` is empty for an event's first row, which goes to every subscriber. A retry is a row of its own, for one
    task, with the same ``event_id`` and the next ``attempt``, due after the pause.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    event_id = models.UUIDField()
    topic = models.CharField(max_length=100, db_collation="C")
    ids = models.JSONField()
    task = models.CharField(max_length=200, blank=True, db_collation="C")
    attempt = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # A delivery that fails twice, since it was delivered twice, makes one retry.
            models.UniqueConstraint(fields=["event_id", "task", "attempt"], name="outbox_attempt_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="outbox_waiting", condition=models.Q(sent_at__isnull=True)
            ),
            models.Index(fields=["sent_at"], name="outbox_sent", condition=models.Q(sent_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.event_id}, attempt {self.attempt}"


class Receipt(models.Model):
    """An event had its effect by a task. Written in the effect's transaction: neither exists without the other."""

    event_id = models.UUIDField()
    task = models.CharField(max_length=200, db_collation="C")
    done_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "task"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.task} did {self.event_id}"


class DeadLetter(models.Model):
    """A delivery that failed as often as it may: what was asked, why it failed, and the end of the traceback."""

    event_id = models.UUIDField()
    topic = models.CharField(max_length=100, db_collation="C")
    task = models.CharField(max_length=200, db_collation="C")
    ids = models.JSONField()
    attempts = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)
    traceback = models.TextField(blank=True)
    died_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "task"], name="dead_letter_once")]

    def __str__(self) -> str:
        return f"{self.task} gave {self.event_id} up: {self.reason}"


class Progress(models.Model):
    """How far a job is: step 3 of 5, and what it does now."""

    job_id = models.UUIDField(primary_key=True)
    step = models.PositiveIntegerField()
    of = models.PositiveIntegerField()
    message = models.CharField(max_length=200)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.step} of {self.of}: {self.message}"


class Tick(models.Model):
    """A point in time for which a scheduled event was published: of many schedulers one writes the row."""

    name = models.CharField(max_length=100, db_collation="C")
    due_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "due_at"], name="tick_once")]

    def __str__(self) -> str:
        return f"{self.name} at {self.due_at.isoformat()}"
