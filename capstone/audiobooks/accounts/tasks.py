"""Background work of accounts."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from audiobooks.accounts import services
from lab_celery.retries import Policy
from lab_celery.schedule import every
from lab_celery.subscriptions import Delivery
from lab_celery.tasks import on_event
from lab_rest import idempotency

SOON_AGAIN = Policy(attempts=3)  # the next tick comes anyway


# --8<-- [start:send-letter]
@on_event("accounts.letter", queue="mail")
def send_letter(
    delivery: Delivery, *, letter: str, to: str, subject: str, state: str, **_later: object
) -> None:
    """Send a letter, with a token minted now; again, under the same Message-ID, where the mail server does not take it."""
    services.letter_send(delivery, letter=letter, to=to, subject=subject, state=state, now=timezone.now())


# --8<-- [end:send-letter]


# --8<-- [start:send-notice]
@on_event("accounts.notice", queue="mail")
def send_notice(delivery: Delivery, *, letter: str, to: str, user_id: str, **_later: object) -> None:
    """Send a notice; again, under the same Message-ID, where the mail server does not take it."""
    services.notice_send(delivery, letter=letter, to=to, user_id=UUID(user_id))


# --8<-- [end:send-notice]


# --8<-- [start:delete-expired]
every(timedelta(hours=1), "accounts.expiry_due")


@on_event("accounts.expiry_due", queue="periodic", policy=SOON_AGAIN)
def delete_expired(_delivery: Delivery, **_later: object) -> None:
    """Delete registrations and sessions whose time is over."""
    services.expired_delete(now=timezone.now())


# --8<-- [end:delete-expired]


@on_event("accounts.expiry_due", queue="periodic", policy=SOON_AGAIN)
def prune_idempotency_keys(_delivery: Delivery, **_later: object) -> None:
    """Delete the answers kept for idempotency keys whose time is over."""
    idempotency.prune(now=timezone.now())
