"""
Users, who wants to become one, and the sessions they are signed in with.

E-mail and username are unique whatever their case. A user's address is proved: by a mailed token, or by the staff
who made the account.
"""

from datetime import datetime, timedelta
from typing import ClassVar
from unicodedata import normalize

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from audiobooks.accounts.devices import NAME_LENGTH
from audiobooks.accounts.email_addresses import normal_email
from audiobooks.ids import new_id
from audiobooks.principal import Principal, Role

# An "@" in a username could pass for somebody else's e-mail at log-in: it is not allowed.
USERNAME = RegexValidator(
    r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\Z",
    "Use letters and digits; dots, hyphens and underscores between them.",
)


class UserManager(BaseUserManager["User"]):
    """Finds users by either name they log in with; `createsuperuser` comes through here."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user whose username or e-mail this is, in any case. Raises ``User.DoesNotExist``."""
        name = username or ""
        if "@" in name:
            return self.by_email(name)
        return self.alias(lower_name=Lower("username")).get(lower_name=name.lower())

    def by_email(self, email: str) -> "User":
        """Return the user with this address, in any case and spelling. Raises ``User.DoesNotExist``."""
        try:
            address = normal_email(email).lower()
        except ValidationError as error:
            raise self.model.DoesNotExist from error
        return self.alias(lower_email=Lower("email")).get(lower_email=address)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return the one spelling of an address. Raises ``ValidationError``."""
        return normal_email(email or "")

    def create_user(self, username: str, email: str, password: str, **fields: object) -> "User":
        """Store a user; the password is hashed."""
        user = self.model(username=username, email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, username: str, email: str, password: str, **fields: object) -> "User":
        """Store a user who may do everything, in the admin too."""
        return self.create_user(username, email, password, role=Role.STAFF, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=40, validators=[USERNAME])
    email = models.EmailField(max_length=254)
    role = models.CharField(
        max_length=10, choices=[(role.value, role.name.title()) for role in Role], default=Role.LISTENER
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # When a mailed token proved the address; null where staff vouched for it.
    email_confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Counts passwords. A session or mailed token of an older one is void, whatever changed the password.
    password_version = models.PositiveIntegerField(default=0, editable=False)
    # When all that is theirs will be deleted, as they asked; null for who did not ask, or changed their mind.
    deletion_due_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        indexes = [
            models.Index(
                fields=["deletion_due_at"],
                name="user_to_be_deleted",
                condition=models.Q(deletion_due_at__isnull=False),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="user_username_unique", violation_error_message="Taken."
            ),
            models.UniqueConstraint(
                Lower("email"), name="user_email_unique", violation_error_message="Taken."
            ),
            models.CheckConstraint(
                condition=~models.Q(username__contains="@"), name="user_username_is_no_email"
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def is_staff(self) -> bool:
        """Whether the admin lets this user in."""
        return self.role == Role.STAFF

    @property
    def principal(self) -> Principal:
        """Who this user is to the domain."""
        return Principal(user_id=self.id, role=Role(self.role))

    def clean(self) -> None:
        """Bring the address to its one spelling (forms of the admin come through here)."""
        super().clean()
        try:
            self.email = normal_email(self.email)
        except ValidationError as error:
            raise ValidationError({"email": error}) from error

    def set_password(self, raw_password: str | None) -> None:
        """Hash a password, in Unicode's NFC as RFC 8265, section 4.2.2 wants it; save the user to keep it."""
        super().set_password(raw_password and normalize("NFC", raw_password))
        self.password_version += 1

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether this is the password; where the hasher's parameters have changed since, hash it anew."""

        def rehash(raw: str) -> None:
            # Only over the hash just checked: never over a password changed meanwhile.
            fresh = make_password(raw)
            if User.objects.filter(pk=self.pk, password=self.password).update(password=fresh):
                self.password = fresh

        return check_password(raw_password and normalize("NFC", raw_password), self.password, rehash)


class Registration(models.Model):
    """
    Somebody who wants an account and has not yet proved their address; no user until then.

    So nobody can occupy a name or an address that is not theirs: any number may wait, the first to prove it wins.
    """

    LIFETIME = timedelta(hours=24)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=40)
    email = models.EmailField(max_length=254)
    password = models.CharField(max_length=128)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.username


class Session(models.Model):
    """One device that is signed in: a family of refresh tokens (RFC 9700, section 4.14.2), of which one is current."""

    IDLE_LIFETIME = timedelta(days=30)
    LIFETIME = timedelta(days=90)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    family_digest = models.CharField(max_length=64, unique=True)
    secret_digest = models.CharField(max_length=64)
    password_version = models.PositiveIntegerField()
    device = models.CharField(max_length=NAME_LENGTH)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.device} of {self.user_id}"

    @property
    def expires_at(self) -> datetime:
        """When it ends unless it is used before."""
        return min(self.last_used_at + self.IDLE_LIFETIME, self.created_at + self.LIFETIME)

    def is_open(self, now: datetime) -> bool:
        """Return whether its user is active, has the password it was begun with, and ``now`` is in its time."""
        is_theirs = self.user.is_active and self.user.password_version == self.password_version
        return is_theirs and now < self.expires_at
