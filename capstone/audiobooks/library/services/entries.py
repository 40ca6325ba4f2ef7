"""What a listener has in their library, and how far it has come."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from audiobooks.catalog.selectors import audiobook_visible_to
from audiobooks.errors import Conflict, NotFound
from audiobooks.ids import new_id
from audiobooks.library.models import LibraryEntry
from audiobooks.library.revisions import deleted_and_told, revision_next
from audiobooks.library.selectors import entries_of
from audiobooks.principal import Principal


def entry_put(
    *, principal: Principal, user_id: UUID, audiobook_id: UUID, state: str, now: datetime
) -> tuple[LibraryEntry, bool]:
    """
    Have a recording in the library in this state; return it, and whether it is new there.

    ``now`` is aware UTC. Raises ``NotFound``, ``Conflict("library_full")``.
    """
    audiobook_visible_to(principal, audiobook_id)
    with transaction.atomic():
        revision = revision_next(user_id)
        entry = LibraryEntry.objects.filter(user=user_id, audiobook=audiobook_id).first()
        is_new = entry is None
        if entry is None:
            if LibraryEntry.objects.filter(user=user_id).count() >= LibraryEntry.MOST:
                raise Conflict(
                    "library_full", f"Your library holds {LibraryEntry.MOST:,} recordings at most."
                )
            entry = LibraryEntry(user_id=user_id, audiobook_id=audiobook_id)
        if entry.state != state:
            entry.state, entry.changed_at, entry.revision = state, now, revision
            entry.save()
    return entries_of(principal).get(pk=entry.pk), is_new


def entry_start(*, user_id: UUID, audiobook_id: UUID, revision: int, now: datetime) -> None:
    """
    Have in progress what a listener begins to play, unless they said otherwise of it. 1 query.

    The caller's transaction holds the listener's ``revision``.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO library_libraryentry AS mine (id, user_id, audiobook_id, state, changed_at, revision)
               VALUES (%s, %s, %s, 'in_progress', %s, %s)
               ON CONFLICT (user_id, audiobook_id) DO UPDATE
               SET state = excluded.state, changed_at = excluded.changed_at, revision = excluded.revision
               WHERE mine.state = 'wishlist'""",
            [new_id(), user_id, audiobook_id, now, revision],
        )


def entry_delete(*, user_id: UUID, audiobook_id: UUID, now: datetime) -> None:
    """Take a recording out of the library; where the listener was in it is kept. Raises ``NotFound``."""
    mine = LibraryEntry.objects.filter(user=user_id, audiobook=audiobook_id)
    unknown = NotFound("entry_unknown", "This recording is not in your library.")
    deleted_and_told(mine, unknown, user_id=user_id, kind="entry", object_id=audiobook_id, now=now)
