"""Reading copies of one's data. Each selector states what it costs."""

from datetime import datetime
from uuid import UUID

from audiobooks.accounts.models import User
from audiobooks.errors import NotAllowed, NotFound
from audiobooks.rights.models import Export


def unknown() -> NotFound:
    """Return what is said where there is none."""
    return NotFound("export_unknown", "You have no copy of your data here: ask for one at me/export/.")


def export_latest(user_id: UUID) -> Export:
    """Return the copy that a user asked for last. 1 query. Raises ``NotFound``."""
    export = Export.objects.filter(user=user_id).order_by("-created_at", "-id").first()
    if export is None:
        raise unknown()
    return export


def export_found(user_id: UUID, export_id: UUID) -> Export | None:
    """Return one of a user's own copies, or None. 1 query."""
    return Export.objects.filter(user=user_id, pk=export_id).first()


def export_to_download(export_id: UUID, user_id: UUID, *, now: datetime) -> Export:
    """
    Return a finished copy, for the user its address was made for. 2 queries.

    Raises ``NotAllowed("account_inactive")`` for a user who is gone or switched off; ``NotFound`` once it has expired.
    """
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        raise NotAllowed("account_inactive", "The account this address was made for is no longer active.")
    done = Export.objects.filter(pk=export_id, user=user_id, state=Export.State.DONE, expires_at__gt=now)
    export = done.first()
    if export is None:
        raise unknown()
    return export
