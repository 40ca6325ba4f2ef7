"""Becoming a user: asked for here, made once the address is proved."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from audiobooks.accounts import mail
from audiobooks.accounts.email_addresses import normal_email
from audiobooks.accounts.mail_tokens import MailToken, MailTokenRefused, Purpose
from audiobooks.accounts.models import Registration, Session, User
from audiobooks.errors import Conflict


class UsernameTaken(Conflict):
    """Another user has this name, in this case or another."""

    def __init__(self) -> None:
        super().__init__("username_taken", "This username is taken: choose another.")


class EmailTaken(Conflict):
    """Another user proved this address. Said only to who proved it too."""

    def __init__(self) -> None:
        super().__init__("email_taken", "An account has this e-mail already: log in, or reset its password.")


CONFLICTS: Mapping[str, type[Conflict]] = {
    "user_username_unique": UsernameTaken,
    "user_email_unique": EmailTaken,
}


@transaction.atomic
def user_register(*, username: str, email: str, password: str, now: datetime) -> None:
    """
    Promise a letter to ``email``: with a token that makes the account, or saying that there is one already.

    The caller cannot tell which: the work is the same, one hash, one row, one letter. Usernames are public, so a
    taken one is said. Raises ``UsernameTaken``; Django's ``ValidationError`` by field; ``MailNotSetUp``.
    """
    user = User(username=username, email=checked_email(email))
    user.clean_fields(exclude=["password"])
    checked_password(password, user)
    if User.objects.alias(lower_name=Lower("username")).filter(lower_name=username.lower()).exists():
        raise UsernameTaken
    user.set_password(password)
    registration = Registration.objects.create(
        username=username, email=user.email, password=user.password, created_at=now
    )
    owner = user_with(user.email)
    if owner:
        mail.letter("already_registered", to=owner.email)
        return
    mail.letter("register", to=user.email, token=MailToken(Purpose.REGISTER, registration.id))


@transaction.atomic
def user_create_registered(*, registration_id: UUID, now: datetime) -> User:
    """
    Make the account that a registration asked for; its other registrations under this address go.

    Raises ``MailTokenRefused``; ``UsernameTaken`` or ``EmailTaken``, by somebody who was faster.
    """
    waiting = Registration.objects.select_for_update().filter(pk=registration_id).first()
    if waiting is None:
        raise MailTokenRefused
    user = User(
        username=waiting.username, email=waiting.email, password=waiting.password, email_confirmed_at=now
    )
    saved(user)
    Registration.objects.alias(lower_email=Lower("email")).filter(lower_email=waiting.email.lower()).delete()
    return user


# --8<-- [start:expired-delete]
@transaction.atomic
def expired_delete(*, now: datetime) -> int:
    """Delete registrations and sessions whose time is over; return how many. Safe to repeat."""
    registrations, _ = Registration.objects.filter(created_at__lte=now - Registration.LIFETIME).delete()
    idle, _ = Session.objects.filter(last_used_at__lte=now - Session.IDLE_LIFETIME).delete()
    old, _ = Session.objects.filter(created_at__lte=now - Session.LIFETIME).delete()
    return registrations + idle + old


# --8<-- [end:expired-delete]


def user_with(email: str) -> User | None:
    """Return the user with this address, active or not. 1 query."""
    try:
        return User.objects.by_email(email)
    except User.DoesNotExist:
        return None


def saved(user: User) -> User:
    """Save a user. Raises ``UsernameTaken``, ``EmailTaken``."""
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        for constraint, conflict in CONFLICTS.items():
            if constraint in str(error):
                raise conflict() from error  # type: ignore[call-arg]  # both are made without arguments
        raise
    return user


def checked_email(email: str) -> str:
    """Return an address in its one spelling. Raises ``ValidationError`` under its field's name."""
    try:
        return normal_email(email)
    except ValidationError as error:
        raise ValidationError({"email": error}) from error


def checked_password(password: str, user: User) -> None:
    """Raise ``ValidationError`` under the field's name where a password is too easily guessed for this user."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error}) from error
