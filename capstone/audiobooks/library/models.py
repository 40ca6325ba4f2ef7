"""Grants: who may hear what is restricted. And what a listener changed, counted."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from audiobooks.catalog.models import Audiobook


class Grant(models.Model):
    """One listener's permission to hear one restricted audiobook."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="grants")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "audiobook"], name="grant_once")]

    def __str__(self) -> str:
        return f"{self.user} may hear {self.audiobook}"


class Revision(models.Model):
    """How many changes a listener has made to what is theirs; ``revisions.py`` says what it is for."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="revision"
    )
    number = models.BigIntegerField(default=0)
    forgotten = models.BigIntegerField(
        default=0, help_text="Deletions up to this change are no longer known."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__gte=models.F("forgotten"), forgotten__gte=0),
                name="revision_forgets_the_past",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.number}"


class Tombstone(models.Model):
    """Something of a listener's that was deleted, for the devices that still have it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    revision = models.BigIntegerField()
    deleted_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["user", "revision"], name="tombstone_by_user"),
            BrinIndex(fields=["deleted_at"], name="tombstone_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="tombstone_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
