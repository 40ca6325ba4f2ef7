"""Later, and again if need be."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from audiobooks.media import services
from audiobooks.media.handing_over import INGEST, job_hand_over
from audiobooks.media.models import Job

FILES_EACH_TIME = 50


@shared_task(name="audiobooks.media.tasks.verify_stored_audio")
def verify_stored_audio(**_later: object) -> None:
    """Verify the least recently verified audio; a second delivery goes on where the first stopped."""
    services.stored_audio_verify(limit=FILES_EACH_TIME, now=timezone.now())


@shared_task(name="audiobooks.media.tasks.delete_expired_uploads")
def delete_expired_uploads(**_later: object) -> None:
    """Delete uploads whose time is over, and their bytes. Scheduled hourly; safe to repeat."""
    services.expired_uploads_delete(now=timezone.now())


@shared_task(
    name=INGEST,
    autoretry_for=(Exception,),
    max_retries=Job.MOST_ATTEMPTS,
    retry_backoff=5,
    retry_backoff_max=600,
    retry_jitter=True,
    soft_time_limit=4 * 3600,
    time_limit=4 * 3600 + 60,
)
def ingest(job_id: str, **_later: object) -> None:
    """Do a job. Delivered twice, it is done once; what is not the files' fault is tried again, later each time."""
    services.job_run(job_id=UUID(job_id), clock=timezone.now)


@shared_task(name="audiobooks.media.tasks.hand_over_waiting_jobs")
def hand_over_waiting_jobs(**_later: object) -> None:
    """Hand over again what no worker has: the broker was away, or the worker was killed. Scheduled each minute."""
    for job_id in services.jobs_waiting(now=timezone.now()):
        job_hand_over(job_id)
