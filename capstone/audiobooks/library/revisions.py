"""
Each listener's count of changes, and what was deleted.

A change takes the next number in its own transaction and keeps the row locked until it commits. So one listener's changes
stand in a row: whoever has seen number 7 has seen 1 to 6, and a feed by number misses nothing. It is the first write of
each change, so two changes of one listener never wait for each other crosswise.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from audiobooks.errors import NotFound
from audiobooks.library.models import Revision, Tombstone


# --8<-- [start:next]
def revision_next(user_id: UUID) -> int:
    """
    Return the number of the change that this transaction makes. 1 query, to be the first that locks or writes.

    Raises ``NotFound("account_gone")`` where the account is gone or switched off.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO library_revision AS mine (user_id, number, forgotten)
               SELECT id, 1, 0 FROM accounts_user WHERE id = %s AND is_active
               ON CONFLICT (user_id) DO UPDATE SET number = mine.number + 1
               RETURNING number""",
            [user_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound("account_gone", "This account no longer exists.")
    return int(row[0])


# --8<-- [end:next]


def revision_of(user_id: UUID) -> tuple[int, int]:
    """Return (number, forgotten): the last change, and up to which one deletions are no longer known. 1 query."""
    row = Revision.objects.filter(pk=user_id).values_list("number", "forgotten").first()
    return row or (0, 0)


def tombstones_write(
    *, user_id: UUID, kind: str, object_ids: Iterable[UUID], revision: int, now: datetime
) -> None:
    """Keep in mind what is deleted, so that the listener's other devices delete it too."""
    Tombstone.objects.bulk_create(
        (
            Tombstone(user_id=user_id, kind=kind, object_id=object_id, revision=revision, deleted_at=now)
            for object_id in object_ids
        ),
        update_conflicts=True,  # made again under its old id, and deleted again
        unique_fields=["user", "kind", "object_id"],
        update_fields=["revision", "deleted_at"],
    )


def deleted_and_told(
    mine: QuerySet[Any], unknown: NotFound, *, user_id: UUID, kind: str, object_id: UUID, now: datetime
) -> None:
    """
    Delete the one row that ``mine`` finds, for the listener's other devices too. Raises ``unknown`` where it finds none.

    It looks before the listener's row is locked, so that asking for nothing is no change.
    """
    if not mine.exists():
        raise unknown
    with transaction.atomic():
        revision = revision_next(user_id)
        if not mine.delete()[0]:
            raise unknown
        tombstones_write(user_id=user_id, kind=kind, object_ids=[object_id], revision=revision, now=now)


def tombstones_forget(*, before: datetime) -> int:
    """Forget what was deleted before this instant (aware UTC); return how many. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH gone AS (DELETE FROM library_tombstone WHERE deleted_at < %s RETURNING user_id, revision),
                    newest AS (SELECT user_id, max(revision) AS revision, count(*) AS deleted FROM gone GROUP BY user_id),
                    told AS (UPDATE library_revision SET forgotten = greatest(forgotten, newest.revision)
                             FROM newest WHERE library_revision.user_id = newest.user_id)
               SELECT coalesce(sum(deleted), 0) FROM newest""",
            [before],
        )
        return int(cursor.fetchone()[0])
