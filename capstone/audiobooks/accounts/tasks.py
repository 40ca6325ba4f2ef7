"""Background work of accounts."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from audiobooks.accounts import services
from lab_celery.subscriptions import Delivery
from lab_celery.tasks import on_event
from lab_rest import idempotency


# --8<-- [start:send-notice]
@on_event("accounts.notice", queue="mail")
def send_notice(delivery: Delivery, *, letter: str, to: str, user_id: str, **_later: object) -> None:
    """Send a notice; again, under the same Message-ID, where the mail server does not take it."""
    services.notice_send(delivery, letter=letter, to=to, user_id=UUID(user_id))


# --8<-- [end:send-notice]


# --8<-- [start:delete-expired]
@shared_task(name="audiobooks.accounts.tasks.delete_expired")
def delete_expired(**_later: object) -> None:
    """Delete registrations and sessions whose time is over. Scheduled hourly; safe to repeat."""
    services.expired_delete(now=timezone.now())


# --8<-- [end:delete-expired]


@shared_task(name="audiobooks.accounts.tasks.prune_idempotency_keys")
def prune_idempotency_keys(**_later: object) -> None:
    """Delete the answers kept for idempotency keys whose time is over. Scheduled hourly; safe to repeat."""
    idempotency.prune(now=timezone.now())
