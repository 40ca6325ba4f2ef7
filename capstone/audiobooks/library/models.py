"""
Grants: who may hear what is restricted. Follows: who wants to know of what is new, and was told. What is a listener's
own: entries, shelves, bookmarks; and their changes, counted.
"""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

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
                condition=Q(number__gte=F("forgotten"), forgotten__gte=0),
                name="revision_forgets_the_past",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.number}"


class Tombstone(models.Model):
    """Something of a listener's that was deleted, for the devices that still have it, under the id they know it by."""

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
            models.UniqueConstraint(fields=["user", "kind", "object_id"], name="tombstone_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class LibraryEntry(models.Model):
    """A recording in somebody's library, and how far it has come there."""

    class State(models.TextChoices):
        """Wanted, begun, heard to its end, or given up."""

        WISHLIST = "wishlist"
        IN_PROGRESS = "in_progress"
        FINISHED = "finished"
        ABANDONED = "abandoned"

    MOST = 10_000  # of one listener

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="entries", db_index=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="+")
    state = models.CharField(max_length=11, choices=State.choices)
    changed_at = models.DateTimeField()
    revision = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "library entries"
        constraints = [
            models.UniqueConstraint(fields=["user", "audiobook"], name="entry_once"),
            models.CheckConstraint(
                condition=Q(state__in=["wishlist", "in_progress", "finished", "abandoned"]),
                name="entry_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.audiobook_id}: {self.state}"


class Shelf(models.Model):
    """A listener's own list of recordings, in an order of their own. Their device chose its id."""

    MOST = 100  # of one listener
    MOST_ITEMS = 1000

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shelves", db_index=False)
    client_id = models.UUIDField()
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    revision = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "shelves"
        constraints = [models.UniqueConstraint(fields=["user", "client_id"], name="shelf_once")]

    def __str__(self) -> str:
        return self.name


class ShelfItem(models.Model):
    """A recording on a shelf. Items stand in the order of ``rank``, which leaves gaps for what comes between."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shelf = models.ForeignKey(Shelf, models.CASCADE, related_name="items", db_index=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="+")
    rank = models.BigIntegerField()
    revision = models.BigIntegerField()

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["shelf", "audiobook"], name="shelf_item_once"),
            models.UniqueConstraint(
                fields=["shelf", "rank"], name="shelf_rank_once", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.audiobook_id} at {self.rank}"


class Bookmark(models.Model):
    """A place to find again; with an end it is a clip: [start_ms, end_ms). The listener's device chose its id."""

    MOST = 10_000  # of one listener
    LONGEST_CLIP_MS = 15 * 60_000

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    client_id = models.UUIDField()
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="+")
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()
    revision = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "client_id"], name="bookmark_once"),
            models.CheckConstraint(
                condition=Q(start_ms__gte=0) & (Q(end_ms=None) | Q(end_ms__gt=F("start_ms"))),
                name="bookmark_forwards",
            ),
            models.CheckConstraint(
                condition=Q(end_ms=None) | Q(end_ms__lte=F("start_ms") + 15 * 60_000), name="clip_is_short"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start_ms} ms of {self.audiobook_id}"
