"""Background work of accounts."""

from celery import shared_task
from django.utils import timezone

from audiobooks.accounts import services


@shared_task(name="audiobooks.accounts.tasks.delete_expired")
def delete_expired(**_later: object) -> None:
    """Delete registrations and sessions whose time is over. Scheduled hourly; safe to repeat."""
    services.expired_delete(now=timezone.now())
