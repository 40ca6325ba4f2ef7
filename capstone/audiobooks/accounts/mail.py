"""
E-mails of accounts: notices are promised and sent by a task, letters that the caller waits for by the process that commits.

A letter is a template: its first line is the subject, the same for everybody, so that no header carries what a
caller wrote.
"""

import logging
from datetime import datetime
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template import Context
from django.template.loader import get_template

from audiobooks.accounts.mail_tokens import LIFETIMES, MailToken
from audiobooks.errors import DomainError
from lab_celery import outbox

log = logging.getLogger(__name__)


class MailNotSent(DomainError):
    """The mail server does not take the letter that the caller waits for."""

    def __init__(self) -> None:
        super().__init__(
            "mail_not_sent", "The e-mail could not be sent just now: try again in a few minutes."
        )


def letter_with_token(
    letter: str, *, to: str, token: MailToken, page: str, now: datetime, username: str
) -> None:
    """
    Send, on commit, a letter with a token; ``page`` is the front end's page that takes it after the ``#``.

    The commit is kept where the mail server fails, and ``MailNotSent`` raised.
    """
    text = token.text(now=now)
    base = settings.FRONT_END_URL
    link = f"{base.rstrip('/')}/{page}#{text}" if base else ""
    hours = int(LIFETIMES[token.purpose].total_seconds() // 3600)
    message = written(letter, to, username=username, token=text, link=link, hours=hours)
    transaction.on_commit(lambda: deliver(letter, message))


def letter_expected(letter: str, *, to: str) -> None:
    """Send, on commit, a letter that stands in for one with a token: with the same work, and ``MailNotSent``."""
    message = written(letter, to)
    transaction.on_commit(lambda: deliver(letter, message))


# --8<-- [start:notice]
def notice(letter: str, *, to: str, user_id: UUID) -> None:
    """
    Promise, in the caller's transaction, to tell somebody what was done.

    The one event that carries more than ids: the address as it is now. Whoever took an account over must not receive
    what warns of it, so the task may not read the address that the account has by then.
    """
    outbox.publish("accounts.notice", letter=letter, to=to, user_id=user_id)


# --8<-- [end:notice]


def written(letter: str, to: str, **context: object) -> EmailMessage:
    """Return a letter, ready to send."""
    template = get_template(f"accounts/mail/{letter}.txt").template  # type: ignore[attr-defined]  # Django's own engine
    subject, _, body = template.render(Context(context, autoescape=False)).partition("\n")
    return EmailMessage(subject, body.strip() + "\n", to=[to], headers={"Auto-Submitted": "auto-generated"})


def deliver(letter: str, message: EmailMessage) -> None:
    """Send it. Raises ``MailNotSent``; the log says why, and not to whom."""
    try:
        message.send()
    except (SMTPException, OSError) as error:
        log.error("The letter %s was not sent: %s. Check EMAIL_HOST.", letter, type(error).__name__)
        raise MailNotSent from error
