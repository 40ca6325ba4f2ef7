"""Background work of accounts."""

from celery import shared_task
from django.utils import timezone

from audiobooks.accounts import services
from lab_rest import idempotency


@shared_task(name="audiobooks.accounts.tasks.delete_expired")
def delete_expired(**_later: object) -> None:
    """Delete registrations and sessions whose time is over. Scheduled hourly; safe to repeat."""
    services.expired_delete(now=timezone.now())


@shared_task(name="audiobooks.accounts.tasks.prune_idempotency_keys")
def prune_idempotency_keys(**_later: object) -> None:
    """Delete the answers kept for idempotency keys whose time is over. Scheduled hourly; safe to repeat."""
    idempotency.prune(now=timezone.now())
