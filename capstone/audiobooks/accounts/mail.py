"""
E-mails: promised in the transaction of what they tell of, sent by a task.

A letter is a template: its first line is the subject, the same for everybody, so that no header carries what a
caller wrote.
"""

from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context
from django.template.loader import get_template

from audiobooks.accounts.mail_tokens import MailToken
from audiobooks.errors import DomainError
from lab_celery import outbox
from lab_celery.mail import send
from lab_celery.subscriptions import Delivery


class MailNotSetUp(DomainError):
    """This service has no mail server: what needs a letter would wait for ever."""

    def __init__(self) -> None:
        super().__init__(
            "mail_not_set_up", "This service cannot send e-mail: whoever runs it must set EMAIL_HOST."
        )


class MailNotTaken(Exception):
    """The mail server is away, or refuses a letter. Says why, and not whose: it stands in logs."""


def can_send() -> bool:
    """Tell whether there is a mail server to send by."""
    return bool(settings.EMAIL_HOST)


# --8<-- [start:letter]
def letter(name: str, *, to: str, token: MailToken | None = None) -> None:
    """
    Promise, in the caller's transaction, a letter that its reader waits for. Raises ``MailNotSetUp``.

    The outbox holds no secret: of a token it holds what the task mints it from, if that is still so by then. With or
    without a token, the work is the same: 2 queries.
    """
    if not can_send():
        raise MailNotSetUp
    subject, state = (token.subject, token.state) if token else ("", "")
    outbox.publish("accounts.letter", letter=name, to=to, subject=subject, state=state)


# --8<-- [end:letter]


# --8<-- [start:notice]
def notice(name: str, *, to: str, user_id: UUID) -> None:
    """
    Promise, in the caller's transaction, to tell somebody what was done.

    It carries more than ids: the address as it is now. Whoever took an account over must not receive what warns of it,
    so the task may not read the address that the account has by then.
    """
    outbox.publish("accounts.notice", letter=name, to=to, user_id=user_id)


# --8<-- [end:notice]


def front_end(page: str) -> str:
    """Return the address of a page of the front end; "" where there is none."""
    base = settings.FRONT_END_URL
    return f"{base.rstrip('/')}/{page}" if base else ""


def written(letter: str, to: str, **context: object) -> EmailMessage:
    """Return a letter, ready to send: of the template ``<letter>.txt``."""
    template = get_template(f"{letter}.txt").template  # type: ignore[attr-defined]  # Django's own engine
    subject, _, body = template.render(Context(context, autoescape=False)).partition("\n")
    return EmailMessage(subject, body.strip() + "\n", to=[to], headers={"Auto-Submitted": "auto-generated"})


def deliver(message: EmailMessage, delivery: Delivery) -> None:
    """Send a letter under the Message-ID of its event, as the last thing a task does. Raises ``MailNotTaken``."""
    if not can_send():
        raise MailNotTaken("EMAIL_HOST is not set")
    try:
        send(message, delivery)
    except (SMTPException, OSError) as error:
        refused = getattr(error, "recipients", {}).values()
        raise MailNotTaken(type(error).__name__, *sorted({code for code, _ in refused})) from None
