"""Copies of one's data, on their way and ready."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from audiobooks.ids import new_id


class Export(models.Model):
    """A copy of all that is a person's: made in the background, then a file until ``expires_at``."""

    LIFETIME = timedelta(days=7)
    MOST_ATTEMPTS = 5

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    progress_percent = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    size_bytes = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], name="export_one_at_a_time", condition=Q(state__in=["queued", "running"])
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed"]), name="export_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(size_bytes__gte=1), name="export_done_has_a_file"
            ),
            models.CheckConstraint(
                condition=Q(progress_percent__lte=100), name="export_progress_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"

    def still(self, *states: State) -> models.QuerySet["Export"]:
        """Return the row where it is in one of these states: to change it, and learn whether it was."""
        return Export.objects.filter(pk=self.pk, state__in=states)
