"""Reading accounts."""

from uuid import UUID

from audiobooks.accounts.models import User
from audiobooks.errors import NotFound
from audiobooks.principal import Principal, Role

__all__ = ["Role", "User", "user_behind", "user_is_active"]


def user_behind(principal: Principal) -> User:
    """Return the caller's account. 1 query. Raises ``NotFound`` where it is gone or switched off."""
    user = User.objects.filter(pk=principal.user_id, is_active=True).first() if principal.user_id else None
    if user is None:
        raise NotFound("account_gone", "This account no longer exists.")
    return user


def user_is_active(user_id: UUID) -> bool:
    """Return whether this user exists and may log in. 1 query."""
    return User.objects.filter(pk=user_id, is_active=True).exists()
