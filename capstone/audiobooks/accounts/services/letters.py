"""Sending what was promised: tokens are minted here, at the last moment, and only where they are still good."""

from datetime import datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

from audiobooks.accounts import mail
from audiobooks.accounts.mail_tokens import LIFETIMES, MailToken, Purpose
from audiobooks.accounts.models import Registration, User
from lab_celery.subscriptions import Delivery

# Which token a letter carries, and the front end's page that takes it after the "#".
TOKENS = {
    "register": (Purpose.REGISTER, "verify"),
    "change_email": (Purpose.CHANGE_EMAIL, "verify"),
    "reset_password": (Purpose.RESET_PASSWORD, "reset"),
    "deletion_requested": (Purpose.KEEP_ACCOUNT, "keep"),
}


# --8<-- [start:letter-send]
def letter_send(delivery: Delivery, *, letter: str, to: str, subject: str, state: str, now: datetime) -> None:
    """
    Send a promised letter; nothing where its token would be void: used, or overtaken by another password or address.

    ``now`` is aware UTC: a token's time begins when it is sent. Raises ``MailNotTaken``.
    """
    if letter not in TOKENS:
        mail.deliver(mail.written(f"accounts/mail/{letter}", to), delivery)
        return
    purpose, page = TOKENS[letter]
    token = MailToken(purpose, UUID(subject), state, to if purpose is Purpose.CHANGE_EMAIL else "")
    reader = _reader(token)
    if reader is None:
        return
    text, hours = token.text(now=now), int(LIFETIMES[purpose].total_seconds() // 3600)
    link = mail.front_end(f"{page}#{text}")
    context = reader | {"token": text, "link": link, "hours": hours}
    mail.deliver(mail.written(f"accounts/mail/{letter}", to, **context), delivery)


# --8<-- [end:letter-send]


def notice_send(delivery: Delivery, *, letter: str, to: str, user_id: UUID) -> None:
    """Send a promised notice; nothing where the account is gone. Raises ``MailNotTaken``."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        mail.deliver(mail.written(f"accounts/mail/{letter}", to, username=user.username), delivery)


def state_of(user: User) -> str:
    """Return a digest of all that voids a mailed token when it changes. It opens nothing: tokens are signed besides."""
    state = f"{user.password_version}\n{user.email}\n{user.email_confirmed_at}\n{user.deletion_due_at}"
    return salted_hmac("nexus.accounts.state", state, algorithm="sha256").hexdigest()


def _reader(token: MailToken) -> dict[str, object] | None:
    """Return what the letter says of its reader; None where nobody may use the token any more."""
    if token.purpose is Purpose.REGISTER:
        waiting = Registration.objects.filter(pk=token.subject).first()
        return {"username": waiting.username} if waiting else None
    user = User.objects.filter(pk=token.subject, is_active=True).first()
    if user is None or state_of(user) != token.state:
        return None
    return {"username": user.username, "deletion_due_at": user.deletion_due_at}
