"""
Shelves: lists in an order that their owner gives them.

An item's place is a number between its neighbours': to move it changes this one row. Where no number is left between two
neighbours, after 40 halvings at one spot, the shelf is numbered anew in one statement, of at most 1,000 rows.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from audiobooks.catalog.selectors import audiobook_visible_to
from audiobooks.errors import Conflict, Invalid, NotFound
from audiobooks.library.models import Shelf, ShelfItem
from audiobooks.library.revisions import deleted_and_told, revision_next, tombstones_write
from audiobooks.library.selectors import items_of, shelf_of
from audiobooks.principal import Principal

STEP = 2**40
LARGEST = 2**62


def shelf_put(*, user_id: UUID, client_id: UUID, name: str, now: datetime) -> tuple[Shelf, bool]:
    """
    Have a shelf of this name under the id that the listener's device chose; return it, and whether it is new.

    ``now`` is aware UTC. Raises ``Conflict("too_many_shelves")``.
    """
    with transaction.atomic():
        revision = revision_next(user_id)
        shelf = Shelf.objects.filter(user=user_id, client_id=client_id).first()
        is_new = shelf is None
        if shelf is None:
            if Shelf.objects.filter(user=user_id).count() >= Shelf.MOST:
                raise Conflict("too_many_shelves", f"You have {Shelf.MOST} shelves: delete one first.")
            shelf = Shelf(user_id=user_id, client_id=client_id, created_at=now)
        if shelf.name != name:
            shelf.name, shelf.revision = name, revision
            shelf.save()
    return shelf, is_new


def shelf_delete(*, user_id: UUID, client_id: UUID, now: datetime) -> None:
    """Delete a shelf, and what stands on it leaves it. Raises ``NotFound``."""
    shelf_of(user_id, client_id)
    with transaction.atomic():
        revision = revision_next(user_id)
        shelf = shelf_of(user_id, client_id)
        tombstones_write(user_id=user_id, kind="shelf", object_ids=[client_id], revision=revision, now=now)
        shelf.delete()


def item_put(
    *,
    principal: Principal,
    user_id: UUID,
    client_id: UUID,
    audiobook_id: UUID,
    after_id: UUID | None,
    at_end: bool,
) -> tuple[ShelfItem, bool]:
    """
    Have a recording on a shelf, behind that of ``after_id``; first where that is None, last with ``at_end``.

    Returns the item, and whether it is new there. Moving one is one UPDATE of its row. Raises ``NotFound``,
    ``Invalid("neighbour_unknown")``, ``Conflict("shelf_full")``.
    """
    shelf_of(user_id, client_id)
    audiobook_visible_to(principal, audiobook_id)
    with transaction.atomic():
        revision = revision_next(user_id)
        shelf = shelf_of(user_id, client_id)
        item = ShelfItem.objects.filter(shelf=shelf, audiobook=audiobook_id).first()
        is_new = item is None
        if item is None:
            if ShelfItem.objects.filter(shelf=shelf).count() >= Shelf.MOST_ITEMS:
                raise Conflict("shelf_full", f"A shelf holds {Shelf.MOST_ITEMS:,} recordings at most.")
            item = ShelfItem(shelf=shelf, audiobook_id=audiobook_id)
        if is_new or after_id != audiobook_id:  # behind itself: it stays
            rank = _rank(item, after_id, at_end)
            if rank is None:
                _number_anew(shelf, revision)
                rank = _rank(item, after_id, at_end)
            if rank is None:
                raise RuntimeError("There is no room on a shelf that was just numbered anew.")
            item.rank, item.revision = rank, revision
            item.save()
    return items_of(principal, user_id, client_id).get(pk=item.pk), is_new


def item_remove(*, user_id: UUID, item_id: UUID, now: datetime) -> None:
    """Take a recording off its shelf. Raises ``NotFound``, for other people's too."""
    mine = ShelfItem.objects.filter(shelf__user=user_id, pk=item_id)
    unknown = NotFound("item_unknown", "There is no such item on your shelves.")
    deleted_and_told(mine, unknown, user_id=user_id, kind="item", object_id=item_id, now=now)


# --8<-- [start:rank]
def _rank(item: ShelfItem, after_id: UUID | None, at_end: bool) -> int | None:
    """Return a number between two neighbours; None where there is none left. 1 or 2 queries."""
    others = ShelfItem.objects.filter(shelf=item.shelf).exclude(audiobook=item.audiobook_id)
    if at_end:
        last = others.order_by("-rank").values_list("rank", flat=True).first()
        rank = 0 if last is None else last + STEP
        return rank if rank < LARGEST else None
    left = None
    if after_id is not None:
        left = others.filter(audiobook=after_id).values_list("rank", flat=True).first()
        if left is None:
            raise Invalid("neighbour_unknown", "What it is to stand behind is not on this shelf.")
        others = others.filter(rank__gt=left)
    right = others.order_by("rank").values_list("rank", flat=True).first()
    if left is None:
        left = (right or 0) - 2 * STEP
    if right is None:
        right = left + 2 * STEP
    rank = (left + right) // 2
    return rank if left < rank < right and abs(rank) < LARGEST else None


# --8<-- [end:rank]


def _number_anew(shelf: Shelf, revision: int) -> None:
    """Give the items of a shelf even numbers, far apart. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE library_shelfitem SET rank = place * %s, revision = %s
               FROM (SELECT id, row_number() OVER (ORDER BY rank) AS place FROM library_shelfitem WHERE shelf_id = %s) AS here
               WHERE library_shelfitem.id = here.id""",
            [STEP, revision, shelf.pk],
        )
