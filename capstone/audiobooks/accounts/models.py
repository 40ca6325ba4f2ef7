"""Users. E-mail and username are unique whatever their case."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from audiobooks.ids import new_id
from audiobooks.principal import Principal, Role


class UserManager(BaseUserManager["User"]):
    """Finds users by either name they log in with; `createsuperuser` comes through here."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user whose username or e-mail this is, in any case. Raises ``User.DoesNotExist``."""
        return self.get(models.Q(username__iexact=username) | models.Q(email__iexact=username))

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
    # An "@" in a username could pass for somebody else's e-mail at log-in: it is not allowed.
    username = models.CharField(
        max_length=40,
        validators=[
            RegexValidator(r"^[A-Za-z0-9._-]+\Z", "Use letters, digits, dots, hyphens and underscores.")
        ],
    )
    email = models.EmailField(max_length=254)
    role = models.CharField(
        max_length=10, choices=[(role.value, role.name.title()) for role in Role], default=Role.LISTENER
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
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
