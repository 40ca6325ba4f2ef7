"""Later, and again if need be."""

from celery import shared_task
from django.utils import timezone

from audiobooks.media import services

FILES_EACH_TIME = 50


@shared_task(name="audiobooks.media.tasks.verify_stored_audio")
def verify_stored_audio(**_later: object) -> None:
    """Verify the least recently verified audio; a second delivery goes on where the first stopped."""
    services.stored_audio_verify(limit=FILES_EACH_TIME, now=timezone.now())


@shared_task(name="audiobooks.media.tasks.delete_expired_uploads")
def delete_expired_uploads(**_later: object) -> None:
    """Delete uploads whose time is over, and their bytes. Scheduled hourly; safe to repeat."""
    services.expired_uploads_delete(now=timezone.now())
