"""Telling a curator what became of a job."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from audiobooks.accounts import mail
from audiobooks.media.models import Job
from lab_celery.subscriptions import Delivery

MOST_NAMED = 10


def job_over_tell(delivery: Delivery, *, job_id: UUID, state: str) -> None:
    """
    Tell a job's curator that it is done, or failed and why; nothing where it is tried again, or they are gone.

    Raises ``MailNotTaken``.
    """
    job = Job.objects.select_related("curator", "audiobook").filter(pk=job_id, state=state).first()
    if job is None or job.curator is None or not job.curator.is_active:
        return
    files = list(job.sources.values_list("file_name", flat=True)[: MOST_NAMED + 1])
    if len(files) > MOST_NAMED:
        files[MOST_NAMED:] = ["…"]
    path = (
        reverse("v1:job", args=[job.pk])
        if job.audiobook is None
        else reverse("v1:audiobook", args=[job.audiobook.pk])
    )
    letter = mail.written(
        f"media/mail/job_{state}",
        job.curator.email,
        username=job.curator.username,
        files=files,
        title=job.audiobook.title if job.audiobook else "",
        published=job.publishes,
        reason=job.reason,
        address=f"{settings.PUBLIC_BASE_URL.rstrip('/')}{path}",
    )
    mail.deliver(letter, delivery)
