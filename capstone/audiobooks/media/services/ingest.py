"""From files to a draft, in stages: check, store, measure, render. Each may be done again at any time."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from django.db import connection, transaction

from audiobooks.catalog.models import Audiobook, Cover
from audiobooks.catalog.services.statuses import processing_end
from audiobooks.errors import Conflict, Invalid
from audiobooks.media import storage
from audiobooks.media.incoming import incoming_delete, incoming_path
from audiobooks.media.inspection import inspect
from audiobooks.media.models import Job, JobSource, SourceFile, Upload
from audiobooks.media.services.drafts import Part, chapters_of, draft_create, sound_add, title_of
from audiobooks.media.services.renditions import Recipe, StoredSound, renditions_made, renditions_set
from audiobooks.media.services.uploads import ChecksumMismatch
from lab_celery import outbox

Clock = Callable[[], datetime]
TAKING = 0x6E6578_7573_0001  # an advisory lock of ours: "nexus", 1


class JobCancelled(Exception):
    """The job was cancelled while it ran."""


def ingest(job: Job, *, clock: Clock) -> None:
    """
    Check, store and render a running job's files, then make the draft of them: all of it, or nothing that is seen.

    Raises ``JobCancelled``; ``DomainError`` for what the files are to blame for; ``StorageFull``.
    """
    sources = list(job.sources.all())
    parts = _parts(job, sources, clock)
    picture, left_out = _cover_stored(next((p.inspection.cover for p in parts if p.inspection.cover), None))
    recipe = recipe_of(parts, title=job.audiobook.title if job.audiobook else title_of(parts))
    renditions = renditions_made(
        recipe,
        measuring=Share(job, clock, Job.Stage.MEASURING).tell,
        rendering=Share(job, clock, Job.Stage.RENDERING).tell,
        clock=clock,
    )
    with transaction.atomic():
        if job.still(Job.State.RUNNING).select_for_update().first() is None:
            raise JobCancelled
        _alone_with_files()
        for source in sources:
            _check_unknown(source)  # again: a job beside this one may have taken it meanwhile
        audiobook = _audiobook_of(job, parts, clock())
        renditions_set(audiobook, recipe, renditions, now=clock())
        if picture:
            description = f"Cover of {audiobook.title}"[:300]
            cover = {"sha256": picture, "description": description}
            Cover.objects.get_or_create(audiobook=audiobook, defaults=cover)  # a curator's own stays
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.DONE,
            progress_percent=100,
            audiobook=audiobook,
            reason_code="bad_image" if left_out else "",
            reason=left_out[:500],
            changed_at=clock(),
        )
        outbox.publish("media.job_over", job_id=job.pk, state=Job.State.DONE)
        uploads = [source.upload_id for source in sources if source.upload_id]
        Upload.objects.filter(pk__in=uploads).delete()
    for upload_id in uploads:
        incoming_delete(upload_id)


def _parts(job: Job, sources: Sequence[JobSource], clock: Clock) -> list[Part]:
    """Check every file, then store them."""
    inspected = []
    for number, source in enumerate(sources):
        _check_unknown(source)
        checking = Share(job, clock, Job.Stage.CHECKING, number, len(sources))
        try:
            inspected.append(inspect(_path(source), progress=checking.tell))
        except Invalid as error:
            raise Invalid(error.code, f"{source.file_name}: {error.detail}") from error
    parts = []
    for number, (source, found) in enumerate(zip(sources, inspected, strict=True)):
        Share(job, clock, Job.Stage.STORING, number, len(sources)).tell(0)
        stored = storage.audio_store(_path(source))
        if stored.sha256 != source.sha256:  # another file than was announced: the disk has lost it
            raise ChecksumMismatch
        parts.append(Part(source.file_name, stored.sha256, stored.size_bytes, found))
    return parts


def recipe_of(parts: Sequence[Part], *, title: str) -> Recipe:
    """Return what goes into the renditions of stored files."""
    files = [
        StoredSound(part.sha256, part.inspection.duration_ms, part.inspection.channels) for part in parts
    ]
    return Recipe(title, tuple(files), tuple(chapters_of(parts)))


def _audiobook_of(job: Job, parts: Sequence[Part], now: datetime) -> Audiobook:
    """Return the new draft, or the one that waited for its sound."""
    if job.audiobook_id is None:
        return draft_create(parts, now=now)
    audiobook = Audiobook.objects.select_for_update().get(pk=job.audiobook_id)
    sound_add(audiobook, parts)
    return processing_end(audiobook_id=audiobook.pk, publish=job.publishes)


class Share:
    """A file's share of one stage of a job, told at most once per percent."""

    # Where each stage begins and ends, by the time it takes.
    PERCENT: ClassVar[dict[Job.Stage, tuple[int, int]]] = {
        Job.Stage.CHECKING: (0, 5),
        Job.Stage.STORING: (5, 10),
        Job.Stage.MEASURING: (10, 20),
        Job.Stage.RENDERING: (20, 99),
    }

    def __init__(self, job: Job, clock: Clock, stage: Job.Stage, number: int = 0, files: int = 1) -> None:
        self.job, self.clock, self.stage = job, clock, stage
        self.number, self.files = number, files
        self.told = -1

    def tell(self, share: float) -> None:
        """Say how much of the file is done. Raises ``JobCancelled``."""
        first, last = self.PERCENT[self.stage]
        percent = int(first + (last - first) * (self.number + min(share, 1)) / self.files)
        if percent > self.told:
            self.told = percent
            _progress(self.job, self.stage, percent, self.clock())


def _progress(job: Job, stage: Job.Stage, percent: int, now: datetime) -> None:
    running = job.still(Job.State.RUNNING)
    if not running.update(stage=stage, progress_percent=percent, changed_at=now):
        raise JobCancelled


def _alone_with_files() -> None:
    """Let one job at a time make its rows, until its transaction ends: two that share a file do not both take it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TAKING])


def _check_unknown(source: JobSource) -> None:
    known = SourceFile.objects.filter(sha256=source.sha256).first()
    if known:
        raise Conflict(
            "audio_known",
            f"{source.file_name}: these bytes are file {known.position} of audiobook {known.audiobook_id}.",
        )


def _cover_stored(image: bytes | None) -> tuple[str, str]:
    """Return the stored cover's address, or why there is none of it."""
    if image is None:
        return "", ""
    from audiobooks.media.pictures import cover_pictures  # noqa: PLC0415 -- Pillow takes 2 MB: see cover_store

    try:
        sha256, pictures = cover_pictures(image)
    except Invalid as error:
        return "", error.detail
    storage.cover_store(sha256, pictures)
    return sha256, ""


def _path(source: JobSource) -> Path:
    if source.upload_id is None:
        raise Conflict("upload_ended", "Its uploads have ended: send the files again.")
    return incoming_path(source.upload_id)
