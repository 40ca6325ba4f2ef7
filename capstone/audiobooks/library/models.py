"""Grants: who may hear what is restricted. Follows: who wants to know of what is new, and was told."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audiobooks.catalog.models import Audiobook, Person, Series
from audiobooks.ids import new_id


class Grant(models.Model):
    """One listener's permission to hear one restricted audiobook."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="grants")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "audiobook"], name="grant_once")]

    def __str__(self) -> str:
        return f"{self.user} may hear {self.audiobook}"


class Follow(models.Model):
    """
    A listener wants to be told of new recordings of a person or of a series.

    Merging two people deletes one; the follows move by an event a moment later, so no constraint of the database holds
    the person.
    """

    MOST = 1000  # of one listener

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    person = models.ForeignKey(
        Person,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="follows",
    )
    series = models.ForeignKey(
        Series, models.CASCADE, null=True, blank=True, db_index=False, related_name="follows"
    )
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["user", "created_at", "id"], name="follow_by_user"),
            models.Index(fields=["person", "user"], name="follow_of_person"),
            models.Index(fields=["series", "user"], name="follow_of_series"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "person"], name="follow_person_once"),
            models.UniqueConstraint(fields=["user", "series"], name="follow_series_once"),
            models.CheckConstraint(
                condition=Q(person=None, series__isnull=False) | Q(person__isnull=False, series=None),
                name="follow_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} follows {self.person_id or self.series_id}"


class Announcement(models.Model):
    """A listener is to be told, or was at ``sent_at``, that a recording is ready: once, whatever becomes of it later."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="announcements")
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="announcements")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audiobook", "user"], name="announcement_once")]

    def __str__(self) -> str:
        return f"{self.audiobook_id} to {self.user_id}"
