"""Places to find again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from audiobooks.catalog.selectors import audiobook_visible_to
from audiobooks.errors import Conflict, Invalid, NotFound
from audiobooks.library.models import Bookmark
from audiobooks.library.revisions import deleted_and_told, revision_next
from audiobooks.library.selectors import bookmarks_of
from audiobooks.principal import Principal


@dataclass(frozen=True, slots=True)
class BookmarkDetails:
    """A bookmark to be; with ``end_ms`` a clip, [start_ms, end_ms). The note is plain text already."""

    audiobook_id: UUID
    start_ms: int
    end_ms: int | None = None
    note: str = ""


def bookmark_put(
    *, principal: Principal, user_id: UUID, client_id: UUID, details: BookmarkDetails, now: datetime
) -> tuple[Bookmark, bool]:
    """
    Have this bookmark under the id that the listener's device chose; return it, and whether it is new.

    Putting it twice is putting it once. Raises ``NotFound``, ``Invalid``, ``Conflict("too_many_bookmarks")``.
    """
    _check(details, audiobook_visible_to(principal, details.audiobook_id).duration_ms)
    with transaction.atomic():
        revision = revision_next(user_id)
        bookmark = Bookmark.objects.filter(user=user_id, client_id=client_id).first()
        is_new = bookmark is None
        if bookmark is None:
            if Bookmark.objects.filter(user=user_id).count() >= Bookmark.MOST:
                raise Conflict(
                    "too_many_bookmarks", f"You have {Bookmark.MOST:,} bookmarks: delete one first."
                )
            bookmark = Bookmark(user_id=user_id, client_id=client_id, created_at=now)
        bookmark.audiobook_id, bookmark.note = details.audiobook_id, details.note
        bookmark.start_ms, bookmark.end_ms, bookmark.revision = details.start_ms, details.end_ms, revision
        bookmark.save()
    return bookmarks_of(principal).get(pk=bookmark.pk), is_new


def bookmark_delete(*, user_id: UUID, client_id: UUID, now: datetime) -> None:
    """Delete a bookmark. Raises ``NotFound``, for other people's too."""
    mine = Bookmark.objects.filter(user=user_id, client_id=client_id)
    unknown = NotFound("bookmark_unknown", "You have no such bookmark.")
    deleted_and_told(mine, unknown, user_id=user_id, kind="bookmark", object_id=client_id, now=now)


def _check(details: BookmarkDetails, duration_ms: int) -> None:
    last_ms = details.start_ms if details.end_ms is None else details.end_ms
    if last_ms > duration_ms:
        raise Invalid("beyond_the_end", f"The recording ends at {duration_ms} ms.")
    if details.end_ms is not None and not 0 < details.end_ms - details.start_ms <= Bookmark.LONGEST_CLIP_MS:
        raise Invalid(
            "clip_length",
            f"A clip ends after it begins, and within {Bookmark.LONGEST_CLIP_MS // 60_000} minutes.",
        )
