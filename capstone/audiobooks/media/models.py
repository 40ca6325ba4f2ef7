"""Stored audio."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from audiobooks.catalog.models import Audiobook, ChapterSpan
from audiobooks.ids import new_id


class SourceFile(models.Model):
    """
    One audio file of a recording, lying at [start_ms, start_ms + duration_ms) of its timeline.

    The bytes lie in the storage under their SHA-256; the row says what they are. Files of one recording never
    overlap, so that one moment is in one file.
    """

    class State(models.TextChoices):
        """What the last fixity check found."""

        INTACT = "intact"
        MISSING = "missing"
        CORRUPT = "corrupt"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="source_files")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    start_ms = models.BigIntegerField(validators=[MinValueValidator(0)])
    duration_ms = models.BigIntegerField(validators=[MinValueValidator(1)])
    media_type = models.CharField(max_length=40)
    codec = models.CharField(max_length=20)
    sample_rate_hz = models.PositiveIntegerField()
    channels = models.PositiveSmallIntegerField()
    size_bytes = models.BigIntegerField(validators=[MinValueValidator(1)])
    sha256 = models.CharField(max_length=64, db_index=True, validators=[RegexValidator(r"^[0-9a-f]{64}\Z")])
    state = models.CharField(max_length=10, choices=State.choices, default=State.INTACT)
    verified_at = models.DateTimeField(
        null=True, blank=True, help_text="When the checksum was last recomputed."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["audiobook", "position"]
        indexes = [
            models.Index(F("verified_at").asc(nulls_first=True), "id", name="source_file_by_verification")
        ]
        constraints = [
            models.UniqueConstraint(fields=["audiobook", "position"], name="source_file_position_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, start_ms__gte=0, duration_ms__gte=1, size_bytes__gte=1),
                name="source_file_has_content",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["intact", "missing", "corrupt"]), name="source_file_state_known"
            ),
            ExclusionConstraint(
                name="source_files_do_not_overlap",
                expressions=[
                    ("audiobook", RangeOperators.EQUAL),
                    (
                        ChapterSpan("start_ms", F("start_ms") + F("duration_ms"), RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.audiobook} file {self.position}"
