"""Background work of the library: telling followers."""

from uuid import UUID

from django.utils import timezone

from audiobooks.library import services
from lab_celery.subscriptions import Delivery
from lab_celery.tasks import on_event


# --8<-- [start:announce]
@on_event("catalog.audiobook_ready")
def tell_followers(_delivery: Delivery, *, audiobook_id: str, **_later: object) -> None:
    """Tell the first followers of a recording that is ready."""
    services.followers_tell(audiobook_id=UUID(audiobook_id), after=None)


@on_event("library.followers_left")
def tell_more_followers(_delivery: Delivery, *, audiobook_id: str, after: str, **_later: object) -> None:
    """Tell the next."""
    services.followers_tell(audiobook_id=UUID(audiobook_id), after=UUID(after))


@on_event("library.announcement", queue="mail")
def send_announcement(delivery: Delivery, *, announcement_id: str, **_later: object) -> None:
    """Send one follower's letter."""
    services.announcement_send(delivery, announcement_id=UUID(announcement_id), now=timezone.now())


# --8<-- [end:announce]


@on_event("catalog.person_merged")
def move_follows(_delivery: Delivery, *, duplicate_id: str, into_id: str, **_later: object) -> None:
    """Follow whom a merged person now is."""
    services.follows_move(duplicate_id=UUID(duplicate_id), into_id=UUID(into_id))
