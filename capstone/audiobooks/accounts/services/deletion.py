"""
Asking for one's account to be deleted, and changing one's mind. ``rights`` carries out what is due.

Asking ends every session. So whoever signs in afterwards wants to keep the account, and keeps it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from audiobooks.accounts import mail
from audiobooks.accounts.mail_tokens import MailToken, Purpose, mail_token_from
from audiobooks.accounts.models import User
from audiobooks.accounts.services.credentials import proved_by, subject_of, user_locked
from audiobooks.accounts.services.letters import state_of
from audiobooks.accounts.services.sessions import sessions_end

GRACE = timedelta(days=14)


# --8<-- [start:request]
@transaction.atomic
def deletion_request(*, user_id: UUID, password: str, now: datetime) -> datetime:
    """
    End every session, and have the account deleted after 14 days; return when. Asked again, the first date holds.

    A letter tells the date and how to keep the account, where this service can send letters. ``now`` is aware UTC. Raises
    ``ValidationError`` for a wrong password; ``NotFound``.
    """
    user = user_locked(user_id)
    proved_by("password", password, user)
    if user.deletion_due_at is None:
        user.deletion_due_at = now + GRACE
        user.save(update_fields=["deletion_due_at"])
        if mail.can_send():
            token = MailToken(Purpose.KEEP_ACCOUNT, user.id, state_of(user))
            mail.letter("deletion_requested", to=user.email, token=token)
    sessions_end(user_id=user.id)
    return user.deletion_due_at


# --8<-- [end:request]


@transaction.atomic
def deletion_cancel(*, user_id: UUID) -> None:
    """Keep an account; one that nobody wants deleted stays as it is. Raises ``NotFound``."""
    user = user_locked(user_id)
    user.deletion_due_at = None
    user.save(update_fields=["deletion_due_at"])


@transaction.atomic
def deletion_cancel_by_token(*, token: str, now: datetime) -> None:
    """Keep the account whose owner sends the token of our letter. Raises ``MailTokenRefused``."""
    user = subject_of(mail_token_from(token, Purpose.KEEP_ACCOUNT, now=now))
    user.deletion_due_at = None
    user.save(update_fields=["deletion_due_at"])


@transaction.atomic
def deletions_schedule(*, user_ids: list[UUID], now: datetime) -> None:
    """Switch accounts off and have them deleted as soon as the schedule comes round, without grace: for staff."""
    for user_id in user_ids:
        User.objects.filter(pk=user_id).update(is_active=False, deletion_due_at=now)
        sessions_end(user_id=user_id)
