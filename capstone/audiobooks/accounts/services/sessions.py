"""
Signing in and out, device by device.

Reuse of a refresh token is detected strictly, as RFC 9700, section 4.14.2, describes it: whoever presents a token
that was exchanged before, thief or owner, ends the session for both. There is no period of grace in which an old
token still works, for a thief would be as quick as a second tab. So a client refreshes one request at a time, and
logs in again where it never got the answer.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from django.contrib.auth import authenticate
from django.db import transaction

from audiobooks.accounts import mail
from audiobooks.accounts.devices import Device
from audiobooks.accounts.models import Session, User
from audiobooks.accounts.refresh_tokens import RefreshToken, refresh_token_from
from audiobooks.accounts.tokens import AccessToken, access_token_for
from audiobooks.errors import NotAllowed, NotFound

log = logging.getLogger(__name__)


class CredentialsRefused(NotAllowed):
    """No active user has this name and password; which of the two is wrong is not said."""

    def __init__(self) -> None:
        super().__init__(
            "credentials_refused",
            "No active account has this name and password. If you have just registered, open the link in our e-mail.",
        )


class RefreshRefused(NotAllowed):
    """The refresh token is of no session, or of one that is over."""

    def __init__(self) -> None:
        super().__init__("refresh_token_refused", "This token continues no session: log in again.")


class RefreshReused(NotAllowed):
    """The refresh token was exchanged before; its session is ended."""

    def __init__(self) -> None:
        super().__init__(
            "refresh_token_reused",
            "This token was used before, so somebody may have copied it: the session is ended. Log in again.",
        )


@dataclass(frozen=True, slots=True)
class SessionTokens:
    """What a signed-in device holds."""

    access: AccessToken
    refresh_token: str = field(repr=False)
    session: Session


def user_log_in(*, username: str, password: str, device: Device, now: datetime) -> SessionTokens:
    """
    Exchange credentials for the tokens of a new session.

    ``username`` is a username or an e-mail, in any case; ``now`` is aware UTC. An account that was to be deleted is kept.
    Raises ``CredentialsRefused``, after the same work whether the user exists or not.
    """
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        raise CredentialsRefused
    with transaction.atomic():
        # --8<-- [start:keeps]
        if user.deletion_due_at:
            if not User.objects.filter(pk=user.pk).update(deletion_due_at=None):
                raise CredentialsRefused  # deleted while we looked
            if mail.can_send():
                mail.notice("deletion_cancelled", to=user.email, user_id=user.pk)
        # --8<-- [end:keeps]
        return session_begin(user=user, device=device, now=now)


def session_begin(*, user: User, device: Device, now: datetime) -> SessionTokens:
    """Sign a user in on a device; ``user`` is as they were when they proved who they are."""
    token = RefreshToken()
    session = Session.objects.create(
        user=user,
        family_digest=token.family_digest,
        secret_digest=token.secret_digest,
        password_version=user.password_version,
        device=device.name,
        address=device.address,
        created_at=now,
        last_used_at=now,
    )
    return tokens_of(session, token, now=now)


def tokens_of(session: Session, token: RefreshToken, *, now: datetime) -> SessionTokens:
    """Return the pair a device goes on with; the user's role is the one they have now."""
    access = access_token_for(session.user.principal, now=now, session_id=session.id)
    return SessionTokens(access=access, refresh_token=token.text, session=session)


def session_refresh(*, refresh_token: str, device: Device, now: datetime) -> SessionTokens:
    """
    Exchange a refresh token, once, for new tokens of its session.

    Raises ``RefreshReused``, which ends the session; ``RefreshRefused`` where it is over, was ended or never was. Of
    simultaneous uses of one token exactly one is answered with tokens.
    """
    with transaction.atomic():
        found = _rotated(refresh_token_from(refresh_token), device, now)
    if isinstance(found, NotAllowed):  # raised here, so that what it ended stays ended
        raise found
    return found


def _rotated(token: RefreshToken | None, device: Device, now: datetime) -> SessionTokens | NotAllowed:
    session = _locked(token)
    if session is None or token is None:
        return RefreshRefused()
    if not compare_digest(session.secret_digest, token.secret_digest):
        log.warning(
            "A refresh token was used twice: session %s of user %s ended. Second use from %s.",
            *(session.id, session.user_id, device.address),
        )
        session.delete()
        return RefreshReused()
    if not session.is_open(now):
        session.delete()
        return RefreshRefused()
    token = token.next()
    session.secret_digest, session.last_used_at, session.address = token.secret_digest, now, device.address
    session.save(update_fields=["secret_digest", "last_used_at", "address"])
    return tokens_of(session, token, now=now)


def _locked(token: RefreshToken | None) -> Session | None:
    if token is None:
        return None
    sessions = Session.objects.select_for_update(of=("self",)).select_related("user")
    return sessions.filter(family_digest=token.family_digest).first()


def user_log_out(*, refresh_token: str) -> None:
    """End the session of a refresh token, current or not; one of no session is no error (RFC 7009, section 2.2)."""
    if token := refresh_token_from(refresh_token):
        Session.objects.filter(family_digest=token.family_digest).delete()


def session_end(*, user_id: UUID, session_id: UUID) -> None:
    """End one of a user's sessions. Raises ``NotFound``, for other people's too."""
    if not Session.objects.filter(user_id=user_id, pk=session_id).delete()[0]:
        raise NotFound("session_unknown", "You have no such session: it may have ended already.")


def sessions_end(*, user_id: UUID, but: UUID | None = None) -> None:
    """End all of a user's sessions, ``but`` one."""
    sessions = Session.objects.filter(user_id=user_id)
    (sessions.exclude(pk=but) if but else sessions).delete()
