"""
Tokens sent by e-mail: whoever has one reads the mail of an address.

Each is signed, says what it is for and when it ends, and carries a digest of the state it was made in. What it allows
changes that state, so it works once; so does a newer password or address, and every token mailed before is void.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.core.signing import BadSignature, Signer

from audiobooks.errors import Invalid

SIGNER = "nexus.accounts.mail-token"


class Purpose(StrEnum):
    """What a token allows."""

    REGISTER = "register"
    CHANGE_EMAIL = "change-email"
    RESET_PASSWORD = "reset-password"  # noqa: S105 -- a purpose
    KEEP_ACCOUNT = "keep-account"


LIFETIMES = {
    Purpose.REGISTER: timedelta(hours=24),
    Purpose.CHANGE_EMAIL: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.KEEP_ACCOUNT: timedelta(days=14),
}


class MailTokenRefused(Invalid):
    """The token is altered, expired, used, or for something else: one answer for all."""

    def __init__(self) -> None:
        super().__init__(
            "mail_token_refused", "This code is wrong, was used, or is too old: ask for a new e-mail."
        )


@dataclass(frozen=True, slots=True)
class MailToken:
    """``subject`` is a registration's or user's id; ``state`` a digest; ``email`` the new address, if any."""

    purpose: Purpose
    subject: UUID
    state: str = ""
    email: str = ""

    def text(self, *, now: datetime) -> str:
        """Return what is sent, good from ``now`` (aware UTC) for its purpose's lifetime."""
        ends = int((now + LIFETIMES[self.purpose]).timestamp())
        return Signer(salt=SIGNER).sign_object([self.purpose, self.subject.hex, self.state, self.email, ends])


def mail_token_from(text: str, *purposes: Purpose, now: datetime) -> MailToken:
    """Return a genuine token for one of ``purposes``. Raises ``MailTokenRefused``."""
    try:
        purpose, subject, state, email, ends = Signer(salt=SIGNER).unsign_object(text)
    except (BadSignature, ValueError) as error:
        raise MailTokenRefused from error
    if purpose not in purposes or now.timestamp() >= ends:
        raise MailTokenRefused
    return MailToken(Purpose(purpose), UUID(subject), state, email)
