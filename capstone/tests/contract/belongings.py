"""What the scene's owner has: a library, and two devices that went different ways."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Audiobook, Rating
from audiobooks.library.models import Bookmark, LibraryEntry, Revision, Shelf, ShelfItem
from audiobooks.playback.models import Device as PlaybackDevice
from audiobooks.playback.models import ListeningPosition, PlaybackSession, PositionConflict
from audiobooks.reviews.models import Decision, HelpfulVote, Report, Review
from audiobooks.rights.models import Export


def id_number(number: int) -> UUID:
    return UUID(f"019b76da-a800-7e41-8c6f-{number:012x}")


def make_library(owner: User, audiobook: Audiobook) -> dict[str, Any]:
    """The owner's library: one recording, on a shelf, with a bookmark."""
    now = timezone.now()
    LibraryEntry.objects.create(
        user=owner, audiobook=audiobook, state="in_progress", changed_at=now, revision=1
    )
    shelf = Shelf.objects.create(
        user=owner, client_id=id_number(0x900), name="Train", created_at=now, revision=1
    )
    item = ShelfItem.objects.create(id=id_number(0x901), shelf=shelf, audiobook=audiobook, rank=0, revision=1)
    bookmark = Bookmark.objects.create(
        user=owner, client_id=id_number(0x902), audiobook=audiobook, start_ms=1, created_at=now, revision=1
    )
    return {"shelf": shelf, "item": item, "bookmark": bookmark}


def make_export(owner: User) -> Export:
    """The owner's copy of their data, ready to be fetched."""
    now = timezone.now()
    return Export.objects.create(
        id=id_number(0xA00),
        user=owner,
        state="done",
        progress_percent=100,
        size_bytes=1_000,
        created_at=now,
        changed_at=now,
        expires_at=now + Export.LIFETIME,
    )


def make_reviews(users: dict[str, User], audiobooks: list[Audiobook]) -> list[Review]:
    """The owner's, which helped and is reported, and the curator's of what is restricted; and the owner's that is hidden."""
    now = timezone.now()
    stars = {"overall": 5, "performance": 4, "story": 3}
    states: list[dict[str, Any]] = [
        {"user": users["owner"], "audiobook": audiobooks[1], "helpful_count": 1, "open_reports": 1},
        {"user": users["curator"], "audiobook": audiobooks[1]},
        {"user": users["owner"], "audiobook": audiobooks[0], "hidden_at": now, "hidden_for": "spam"},
    ]
    reviews = [
        Review.objects.create(
            id=id_number(0xA00 + n),
            text=f"Review {n}",
            created_at=now,
            queued_at=now,
            revision=1,
            **stars,
            **but,
        )
        for n, but in enumerate(states)
    ]
    HelpfulVote.objects.create(review=reviews[0], user=users["without grant"], created_at=now)
    Report.objects.create(
        review=reviews[0], reporter=users["curator"], reason="spam", review_version=1, created_at=now
    )
    Decision.objects.create(
        review=reviews[2],
        moderator=users["staff"],
        action="hide",
        reason="spam",
        review_version=1,
        decided_at=now,
    )
    Rating.objects.create(audiobook=audiobooks[1], overall_5=2, performance_sum=8, story_sum=6, version=2)
    return reviews


def make_listening(owner: User, audiobook: Audiobook) -> tuple[list[PlaybackSession], list[PositionConflict]]:
    """The owner's phone and tablet, which went different ways twice: once it is settled."""
    now = timezone.now()
    devices = [
        PlaybackDevice.objects.create(
            id=id_number(0x500 + n), user=owner, client_id=id_number(0x600 + n), name=name, created_at=now
        )
        for n, name in enumerate(("Phone", "Tablet"))
    ]
    sittings = [
        PlaybackSession.objects.create(
            id=id_number(0x700 + n),
            user=owner,
            audiobook=audiobook,
            device=device,
            started_at=now,
            seen_revision=1,
            revision=1,
        )
        for n, device in enumerate(devices)
    ]
    Revision.objects.create(user=owner, number=1)
    ListeningPosition.objects.create(
        user=owner,
        audiobook=audiobook,
        device=devices[0],
        seq=1,
        generation=0,
        heard_at=now,
        position_ms=30_000,
        revision=1,
    )
    sides = {
        "low_device": devices[0],
        "low_position_ms": 30_000,
        "low_at": now,
        "high_device": devices[1],
        "high_position_ms": 10_000,
        "high_at": now,
    }
    states: list[dict[str, Any]] = [{}, {"settled_at": now, "settled_by": "user", "kept_device": devices[0]}]
    conflicts = [
        PositionConflict.objects.create(
            id=id_number(0x800 + n),
            user=owner,
            audiobook=audiobook,
            generation=0,
            found_at=now,
            revision=1,
            **sides,
            **state,
        )
        for n, state in enumerate(states)
    ]
    return sittings, conflicts
