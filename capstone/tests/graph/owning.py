"""A listener who owns as much as a test wants of everything."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from graph.test_catalog import catalogue_of

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Audiobook
from audiobooks.library.models import Bookmark, LibraryEntry, Shelf, ShelfItem
from audiobooks.playback.models import Device, ListeningPosition
from audiobooks.reviews.models import Review


def belongings_of(owner: User, number: int) -> None:
    """Let an owner have ``number`` recordings in the library, begun, bookmarked, reviewed, and on 2 shelves."""
    catalogue_of(number)
    now = timezone.now()
    mine = {"user": owner, "revision": 1}
    device = Device.objects.create(user=owner, client_id=uuid4(), name="Phone", created_at=now)
    shelves = [
        Shelf.objects.create(**mine, client_id=uuid4(), name=name, created_at=now)
        for name in ("Train", "Bed")
    ]
    owned = [
        (index, now - timedelta(minutes=index), audiobook)
        for index, audiobook in enumerate(Audiobook.objects.order_by("sort_title"))
    ]
    LibraryEntry.objects.bulk_create(
        LibraryEntry(**mine, audiobook=audiobook, state="in_progress", changed_at=at)
        for _, at, audiobook in owned
    )
    ListeningPosition.objects.bulk_create(
        ListeningPosition(
            **mine, audiobook=audiobook, device=device, seq=1, generation=0, heard_at=at, position_ms=index
        )
        for index, at, audiobook in owned
    )
    Bookmark.objects.bulk_create(
        Bookmark(**mine, client_id=uuid4(), audiobook=audiobook, start_ms=index, created_at=at, note="Here")
        for index, at, audiobook in owned
    )
    Review.objects.bulk_create(
        Review(**mine, audiobook=audiobook, overall=5, performance=4, story=3, created_at=at, queued_at=at)
        for _, at, audiobook in owned
    )
    ShelfItem.objects.bulk_create(
        ShelfItem(shelf=shelf, audiobook=audiobook, rank=index, revision=1)
        for index, _, audiobook in owned
        for shelf in shelves
    )
