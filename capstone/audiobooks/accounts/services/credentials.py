"""Changing what one signs in with. Each change asks for a proof: the password, or a token mailed to the address."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from audiobooks.accounts import mail
from audiobooks.accounts.devices import Device
from audiobooks.accounts.mail_tokens import MailToken, MailTokenRefused, Purpose, mail_token_from
from audiobooks.accounts.models import User
from audiobooks.accounts.services.letters import state_of
from audiobooks.accounts.services.registration import (
    checked_email,
    checked_password,
    saved,
    user_create_registered,
    user_with,
)
from audiobooks.accounts.services.sessions import SessionTokens, session_begin, sessions_end
from audiobooks.errors import NotFound


@transaction.atomic
def password_change(
    *, user_id: UUID, current_password: str, password: str, device: Device, now: datetime
) -> SessionTokens:
    """
    Set another password; end every session and begin one for this device.

    Raises ``ValidationError`` by field, for a wrong current password too; ``NotFound``.
    """
    user = user_locked(user_id)
    proved_by("current_password", current_password, user)
    _password_set(user, password)
    return session_begin(user=user, device=device, now=now)


@transaction.atomic
def password_reset_request(*, email: str) -> None:
    """
    Promise a letter to ``email``: with a token for a new password, or saying that no active account has this address.

    The caller cannot tell which: the work is the same. Raises ``ValidationError`` by field; ``MailNotSetUp``.
    """
    address = checked_email(email)
    user = user_with(address)
    if user is None or not user.is_active:
        mail.letter("no_account", to=address)
        return
    token = MailToken(Purpose.RESET_PASSWORD, user.id, state_of(user))
    # To the address that is stored, never to the one that was typed.
    mail.letter("reset_password", to=user.email, token=token)


@transaction.atomic
def password_reset(*, token: str, password: str, now: datetime) -> None:
    """Set another password; end every session. Raises ``MailTokenRefused``; ``ValidationError`` by field."""
    _password_set(subject_of(mail_token_from(token, Purpose.RESET_PASSWORD, now=now)), password)


@transaction.atomic
def email_change_request(*, user_id: UUID, email: str, password: str) -> None:
    """
    Promise a letter to a new address: with a token that makes it the user's, or saying that it is an account's already.

    The caller cannot tell which. Raises ``ValidationError`` by field, for a wrong password too; ``NotFound``;
    ``MailNotSetUp``.
    """
    user = user_locked(user_id)
    address = checked_email(email)
    proved_by("password", password, user)
    owner = user_with(address)
    if owner:
        mail.letter("already_registered", to=owner.email)
        return
    token = MailToken(Purpose.CHANGE_EMAIL, user.id, state_of(user), address)
    mail.letter("change_email", to=address, token=token)


@transaction.atomic
def email_verify(*, token: str, now: datetime) -> User:
    """
    Do what a mailed token was asked for: make an account, or give one its new address and tell the old one.

    Raises ``MailTokenRefused``; ``UsernameTaken`` or ``EmailTaken``, by somebody who was faster.
    """
    proof = mail_token_from(token, Purpose.REGISTER, Purpose.CHANGE_EMAIL, now=now)
    if proof.purpose is Purpose.REGISTER:
        return user_create_registered(registration_id=proof.subject, now=now)
    user = subject_of(proof)
    old, user.email, user.email_confirmed_at = user.email, proof.email, now
    mail.notice("email_changed", to=old, user_id=user.id)
    return saved(user)


@transaction.atomic
def user_rename(*, user_id: UUID, username: str) -> User:
    """Give a user another username. Raises ``ValidationError`` by field; ``UsernameTaken``; ``NotFound``."""
    user = user_locked(user_id)
    user.username = username
    user.clean_fields()
    return saved(user)


def user_locked(user_id: UUID) -> User:
    """Return an active user, locked until the transaction ends. Raises ``NotFound``."""
    user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound("account_gone", "This account no longer exists.")
    return user


def proved_by(field: str, password: str, user: User) -> None:
    """Raise ``ValidationError`` under ``field`` where this is not the user's password."""
    if not user.check_password(password):
        raise ValidationError({field: ValidationError("This is not your password.", code="wrong")})


def subject_of(token: MailToken) -> User:
    """Return the user a token is about, locked. Raises ``MailTokenRefused`` where the token is void by now."""
    user = User.objects.select_for_update().filter(pk=token.subject, is_active=True).first()
    if user is None or state_of(user) != token.state:
        raise MailTokenRefused
    return user


def _password_set(user: User, password: str) -> None:
    checked_password(password, user)
    user.set_password(password)
    user.save()
    sessions_end(user_id=user.id)
    mail.notice("password_changed", to=user.email, user_id=user.id)
