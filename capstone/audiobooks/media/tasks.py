"""Later, and again if need be."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from audiobooks.media import services
from lab_celery.retries import Policy
from lab_celery.schedule import every
from lab_celery.subscriptions import Delivery
from lab_celery.tasks import on_event

FILES_EACH_TIME = 50
# A job counts its own attempts, and fails after the last. These are mostly those of a second delivery, which asks each
# half minute whether the worker that has the job still lives: for longer than a worker may take.
PATIENT = Policy(attempts=2000, base=timedelta(seconds=5), most=timedelta(minutes=1))
SOON_AGAIN = Policy(attempts=3)  # the next tick comes anyway


# --8<-- [start:ingest]
@on_event("media.job_queued", queue="media", policy=PATIENT, in_transaction=False)
def ingest(_delivery: Delivery, *, job_id: str, **_later: object) -> None:
    """Do a job, once. What is not the files' fault is tried again, later each time."""
    services.job_run(job_id=UUID(job_id), clock=timezone.now)


# --8<-- [end:ingest]


@on_event("media.job_over", queue="mail")
def tell_curator(delivery: Delivery, *, job_id: str, state: str, **_later: object) -> None:
    """Tell the curator what became of a job."""
    services.job_over_tell(delivery, job_id=UUID(job_id), state=state)


# --8<-- [start:every]
every(timedelta(minutes=10), "media.verification_due")
every(timedelta(hours=1), "media.expiry_due")
every(timedelta(minutes=1), "media.renditions_due")


@on_event("media.verification_due", queue="periodic", policy=SOON_AGAIN, in_transaction=False)
def verify_stored_audio(_delivery: Delivery, **_later: object) -> None:
    """Verify the least recently verified audio; a second delivery goes on where the first stopped."""
    services.stored_audio_verify(limit=FILES_EACH_TIME, now=timezone.now())


# --8<-- [end:every]


@on_event("media.expiry_due", queue="periodic", policy=SOON_AGAIN, in_transaction=False)
def delete_expired_uploads(_delivery: Delivery, **_later: object) -> None:
    """Delete uploads whose time is over, and their bytes."""
    services.expired_uploads_delete(now=timezone.now())


@on_event("media.expiry_due", queue="periodic", policy=SOON_AGAIN, in_transaction=False)
def delete_replaced_renditions(_delivery: Delivery, **_later: object) -> None:
    """Delete renditions that were replaced, and what killed processes left aside."""
    services.replaced_renditions_delete(now=timezone.now())


@on_event("media.renditions_due", queue="media", policy=SOON_AGAIN, in_transaction=False)
def make_renditions(_delivery: Delivery, **_later: object) -> None:
    """Make what is missing or out of date, one recording after the other; a second delivery goes on where the first stopped."""
    services.renditions_catch_up(clock=timezone.now)
