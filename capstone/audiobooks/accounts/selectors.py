"""Reading accounts."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from audiobooks.accounts.models import Session, User
from audiobooks.errors import NotFound
from audiobooks.principal import Principal, Role

__all__ = ["Role", "Session", "User", "sessions_of", "user_behind"]


def user_behind(principal: Principal) -> User:
    """Return the caller's account. 1 query. Raises ``NotFound`` where it is gone or switched off."""
    user = User.objects.filter(pk=principal.user_id, is_active=True).first() if principal.user_id else None
    if user is None:
        raise NotFound("account_gone", "This account no longer exists.")
    return user


def sessions_of(user_id: UUID, *, now: datetime) -> QuerySet[Session]:
    """Return a user's sessions that can still be refreshed. 1 query."""
    return Session.objects.filter(
        user_id=user_id,
        last_used_at__gt=now - Session.IDLE_LIFETIME,
        created_at__gt=now - Session.LIFETIME,
        password_version=F("user__password_version"),
    )
