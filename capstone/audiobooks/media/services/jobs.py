"""
Jobs: finished uploads become a draft, or the sound of one.

A job may be run any number of times, by any number of workers, and die at any point: nothing is seen before the one
transaction at its end, and what it stores before lies at content addresses, where storing twice is storing once.
"""

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.services.statuses import processing_begin, processing_end
from audiobooks.errors import Conflict, DomainError, Invalid
from audiobooks.media.alone import alone
from audiobooks.media.incoming import StorageFull
from audiobooks.media.models import Job, JobSource
from audiobooks.media.selectors import job_of, uploads_of
from audiobooks.media.services.ingest import Clock, JobCancelled, ingest
from lab_celery import outbox

log = logging.getLogger(__name__)

UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)


class JobBusy(Exception):
    """Another worker is at this job: ask again later, in case it is lost."""


def job_begin(
    *,
    curator_id: UUID,
    upload_ids: Sequence[UUID],
    now: datetime,
    audiobook_id: UUID | None = None,
    publish: bool = False,
) -> Job:
    """
    Queue a curator's finished uploads, in the order of the book; ``now`` is aware UTC.

    They become a new draft; or the sound of the draft ``audiobook_id``, which ``publish`` lets listeners see then.
    Raises ``Invalid``; ``NotFound``; ``Conflict``: ``upload_unfinished``, ``already_ingested``, ``has_audio``,
    ``wrong_status``. Publishes ``media.job_queued``.
    """
    if publish and audiobook_id is None:
        raise Invalid(
            "publish_needs_audiobook", "What the files say of themselves is read before it is published."
        )
    if len(set(upload_ids)) < len(upload_ids):
        raise Invalid("upload_repeated", "Name each upload once.")
    there = uploads_of(curator_id, now=now).in_bulk(upload_ids)
    unknown = next((id_ for id_ in upload_ids if id_ not in there), None)
    if unknown:
        raise Invalid("upload_not_yours", f"You have no upload {unknown}: uploads/ lists yours.")
    uploads = [there[id_] for id_ in upload_ids]
    unfinished = next((upload for upload in uploads if upload.finished_at is None), None)
    if unfinished:
        raise Conflict("upload_unfinished", f"Upload {unfinished.pk} lacks bytes: send the rest first.")
    digest = hashlib.sha256("\n".join(upload.sha256 for upload in uploads).encode()).hexdigest()
    try:
        with transaction.atomic():
            job = Job.objects.create(
                curator_id=curator_id,
                digest=digest,
                audiobook=_draft_taken(audiobook_id),
                publishes=publish,
                created_at=now,
                changed_at=now,
            )
            JobSource.objects.bulk_create(
                JobSource(job=job, position=n, upload=one, file_name=one.file_name, sha256=one.sha256)
                for n, one in enumerate(uploads, 1)
            )
            outbox.publish("media.job_queued", job_id=job.pk)
    except IntegrityError as error:
        raise Conflict("already_ingested", "These files, in this order, are those of another job.") from error
    return job


def job_cancel(*, job_id: UUID, curator_id: UUID, now: datetime) -> Job:
    """Stop a job; one that runs stops within a moment. Raises ``NotFound``, ``Conflict("job_over")``."""
    job = job_of(curator_id, job_id)
    with transaction.atomic():
        if not job.still(*UNFINISHED).update(state=Job.State.CANCELLED, changed_at=now):
            raise Conflict(
                "job_over", f"This job is {job.state}: only what is queued or running is cancelled."
            )
        _draft_given_back(job)
    return job_of(curator_id, job_id)


def job_retry(*, job_id: UUID, curator_id: UUID, now: datetime) -> Job:
    """Queue a job that failed or was cancelled once more; its reason stays until it has another. Raises as above."""
    job = job_of(curator_id, job_id)
    if job.sources.filter(upload=None).exists():
        raise Conflict("upload_ended", "Its uploads have ended: send the files again.")
    try:
        with transaction.atomic():
            over = job.still(Job.State.FAILED, Job.State.CANCELLED)
            queued = over.update(state=Job.State.QUEUED, attempts=0, progress_percent=0, changed_at=now)
            if queued:
                _draft_taken(job.audiobook_id)
                outbox.publish("media.job_queued", job_id=job.pk)
    except IntegrityError as error:
        raise Conflict("already_ingested", "These files, in this order, are those of another job.") from error
    if not queued:
        raise Conflict(
            "job_not_over", f"This job is {job.state}: only what failed or was cancelled is retried."
        )
    return job_of(curator_id, job_id)


def job_run(*, job_id: UUID, clock: Clock) -> None:
    """
    Do a job, unless it is over; ``clock`` gives aware UTC. Raises ``JobBusy`` while another worker is at it.

    What the files are to blame for ends it as failed, with the reason. Anything else is raised, after the job is queued
    again with the reason kept; after ``Job.MOST_ATTEMPTS`` it has failed.
    """
    with alone("job", job_id) as is_alone:
        job = Job.objects.filter(pk=job_id, state__in=UNFINISHED).first()
        if job is None:
            return
        if not is_alone:
            raise JobBusy(f"Another worker is at job {job_id}.")
        if job.attempts >= Job.MOST_ATTEMPTS:
            _end(
                job,
                "worker_lost",
                f"The worker was lost each of {job.attempts} times it tried this.",
                clock(),
            )
            return
        job.attempts += 1
        job.still(*UNFINISHED).update(state=Job.State.RUNNING, attempts=job.attempts, changed_at=clock())
        try:
            ingest(job, clock=clock)
        except JobCancelled:
            log.info("Job %s was cancelled", job.pk)
        except StorageFull as error:
            _again(job, error.code, error.detail, clock())
            raise
        except DomainError as error:
            _end(job, error.code, error.detail, clock())
        except Exception as error:
            _again(
                job, "interrupted", f"Try {job.attempts} was interrupted ({type(error).__name__}).", clock()
            )
            raise


def _again(job: Job, code: str, reason: str, now: datetime) -> None:
    is_last = job.attempts >= Job.MOST_ATTEMPTS
    _end(job, code, reason, now, state=Job.State.FAILED if is_last else Job.State.QUEUED)


def _end(job: Job, code: str, reason: str, now: datetime, *, state: Job.State = Job.State.FAILED) -> None:
    with transaction.atomic():
        unfinished = job.still(*UNFINISHED)
        ended = unfinished.update(state=state, reason_code=code, reason=reason[:500], changed_at=now)
        if ended and state == Job.State.FAILED:
            _draft_given_back(job)
            outbox.publish("media.job_over", job_id=job.pk, state=state)


def _draft_taken(audiobook_id: UUID | None) -> Audiobook | None:
    """Keep a draft for a job. Raises ``NotFound``, ``WrongStatus``, ``Conflict("has_audio")``."""
    if audiobook_id is None:
        return None
    audiobook = processing_begin(audiobook_id=audiobook_id)
    if audiobook.source_files.exists():
        raise Conflict("has_audio", "This recording has sound already: make another one.")
    return audiobook


def _draft_given_back(job: Job) -> None:
    if job.audiobook_id:
        processing_end(audiobook_id=job.audiobook_id, publish=False)
