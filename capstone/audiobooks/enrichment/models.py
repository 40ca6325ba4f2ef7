"""Look-ups at another catalogue, and what it proposes."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from audiobooks.catalog.models import Audiobook
from audiobooks.ids import new_id


class Lookup(models.Model):
    """
    A question to the book API about one recording: by its ISBN where there is one, else by the work's title and author.

    ``reason`` says why it failed or what the last try stumbled over. ``found`` is how many proposals came of it.
    """

    LONGEST = timedelta(hours=1)  # what waits longer was lost, and no longer stands in the way of another

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="lookups")
    curator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    isbn = models.CharField(max_length=13, blank=True, validators=[RegexValidator(r"^(\d{13}|\d{9}[\dX])\Z")])
    title = models.CharField(max_length=300, blank=True)
    author = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    found = models.PositiveSmallIntegerField(default=0)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["audiobook", "created_at", "id"], name="lookup_by_audiobook")]
        constraints = [
            models.UniqueConstraint(
                fields=["audiobook", "curator"], name="lookup_one_at_a_time", condition=Q(state="queued")
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "done", "failed"]), name="lookup_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.isbn or self.title} ({self.state})"


class Proposal(models.Model):
    """One value that another catalogue has for one field of a recording or its work, and what ours was then."""

    class Field(models.TextChoices):
        """What it is about. The year is the work's, the rest the recording's."""

        TITLE = "title"
        SUBTITLE = "subtitle"
        PUBLISHER = "publisher"
        ISBN = "isbn"
        FIRST_PUBLISHED_YEAR = "first_published_year"

    class State(models.TextChoices):
        """What became of it. Outdated: another value was accepted for the field."""

        OPEN = "open"
        ACCEPTED = "accepted"
        REJECTED = "rejected"
        OUTDATED = "outdated"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="proposals")
    lookup = models.ForeignKey(Lookup, models.CASCADE, related_name="proposals")
    field = models.CharField(max_length=30, choices=Field.choices)
    current_value = models.CharField(max_length=300, blank=True)
    proposed_value = models.CharField(max_length=300)
    source = models.URLField(max_length=300, help_text="The other catalogue's page of it.")
    fetched_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["audiobook", "fetched_at", "id"], name="proposal_by_audiobook")]
        constraints = [
            models.UniqueConstraint(
                fields=["audiobook", "field", "proposed_value"],
                name="proposal_open_once",
                condition=Q(state="open"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "rejected", "outdated"]),
                name="proposal_state_known",
            ),
            models.CheckConstraint(
                condition=Q(field__in=["title", "subtitle", "publisher", "isbn", "first_published_year"]),
                name="proposal_field_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.proposed_value}"
