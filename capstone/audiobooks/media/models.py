"""Stored audio, and uploads on their way to it."""

from datetime import timedelta

from django.conf import settings
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


class Rendition(models.Model):
    """
    A recording made anew from its files, for one use; the bytes lie in the storage under their SHA-256.

    One that was replaced, at ``replaced_at``, still opens to those who have its address.
    """

    KEPT = timedelta(days=1)  # once replaced: longer than any address opens

    class Kind(models.TextChoices):
        """What it is for."""

        M4B = "m4b", "M4B, to download"
        HLS = "hls", "HLS, to stream"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    media_type = models.CharField(max_length=40)
    size_bytes = models.BigIntegerField(validators=[MinValueValidator(1)])
    sha256 = models.CharField(max_length=64, db_index=True, validators=[RegexValidator(r"^[0-9a-f]{64}\Z")])
    source_lufs = models.FloatField(help_text="The files' integrated loudness (EBU R 128).")
    gain_db = models.FloatField(help_text="What was done about it.")
    created_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["replaced_at"], name="rendition_replaced", condition=Q(replaced_at__isnull=False)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["audiobook", "kind"], name="rendition_once", condition=Q(replaced_at=None)
            ),
            models.CheckConstraint(condition=Q(kind__in=["m4b", "hls"]), name="rendition_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.audiobook} as {self.kind}"


class Rendering(models.Model):
    """What a recording's renditions were made from; or how often that was tried, why it failed, and when to try again."""

    audiobook = models.OneToOneField(Audiobook, models.CASCADE, primary_key=True, related_name="rendering")
    made_from = models.CharField(max_length=64, blank=True, help_text="The SHA-256 of all that went in.")
    version = models.PositiveIntegerField(help_text="The audiobook's, as it was looked at.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="That failed.")
    reason = models.CharField(max_length=500, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="When to try again.")

    def __str__(self) -> str:
        return f"Rendering of {self.audiobook_id}"


class Upload(models.Model):
    """
    A file that a curator sends, in as many requests as it takes.

    ``offset_bytes`` counts what is safely on disk: what was promised to the sender. ``sha256`` is what they say
    the whole file has; ``finished_at`` stands once it does.
    """

    LIFETIME = timedelta(hours=24)  # after its last byte
    MOST_OPEN = 20  # of one curator

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    curator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="uploads")
    file_name = models.CharField(max_length=255, help_text="To show to people; no file is ever called so.")
    size_bytes = models.BigIntegerField(validators=[MinValueValidator(1)])
    sha256 = models.CharField(max_length=64, validators=[RegexValidator(r"^[0-9a-f]{64}\Z")])
    offset_bytes = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["curator", "created_at", "id"], name="upload_by_curator")]
        constraints = [
            models.CheckConstraint(
                condition=Q(offset_bytes__gte=0, offset_bytes__lte=F("size_bytes"), size_bytes__gte=1),
                name="upload_offset_within",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(offset_bytes=F("size_bytes")), name="upload_finished_whole"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Job(models.Model):
    """
    Finished uploads on their way to becoming a draft: one file after the other, by a worker.

    With an audiobook from the beginning, they become that draft's sound; it is ``processing`` until the job is over.
    ``digest`` is the SHA-256 of the files' SHA-256s in order: the same files are not taken in twice. ``reason`` says
    why it failed, what the last try stumbled over, or what was left out.
    """

    MOST_ATTEMPTS = 5
    MOST_SOURCES = 500

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Stage(models.TextChoices):
        """What is being done."""

        CHECKING = "checking"
        STORING = "storing"
        MEASURING = "measuring"
        RENDERING = "rendering"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    curator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="jobs")
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.CHECKING)
    progress_percent = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    audiobook = models.ForeignKey(Audiobook, models.CASCADE, null=True, blank=True, related_name="jobs")
    publishes = models.BooleanField(
        default=False, help_text="Let listeners see the audiobook once it is done."
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["curator", "created_at", "id"], name="job_by_curator"),
            models.Index(
                fields=["changed_at"], name="job_unfinished", condition=Q(state__in=["queued", "running"])
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                name="job_once",
                condition=Q(state__in=["queued", "running", "done"]),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]),
                name="job_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(audiobook__isnull=False), name="job_done_has_audiobook"
            ),
            models.UniqueConstraint(
                fields=["audiobook"], name="job_one_at_a_draft", condition=Q(state__in=["queued", "running"])
            ),
            models.CheckConstraint(
                condition=Q(publishes=False) | Q(audiobook__isnull=False), name="job_publishes_an_audiobook"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"

    def still(self, *states: State) -> models.QuerySet["Job"]:
        """Return the row where it is in one of these states: to change it, and learn whether it was."""
        return Job.objects.filter(pk=self.pk, state__in=states)


class JobSource(models.Model):
    """One of a job's files; the upload goes when the file is stored."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField()
    upload = models.ForeignKey(Upload, models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="job_source_once")]

    def __str__(self) -> str:
        return self.file_name
