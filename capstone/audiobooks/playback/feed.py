"""What changed for a listener since they last asked: as it stands now, and what was deleted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from audiobooks.errors import Conflict, Invalid
from audiobooks.library.models import Tombstone
from audiobooks.library.revisions import revision_of
from audiobooks.library.selectors import bookmarks_of, entries_of, items_on_shelves, shelves_of
from audiobooks.playback.selectors import conflicts_of, positions_of
from audiobooks.principal import Principal
from audiobooks.reviews.selectors import reviews_of

# What there is of a listener's: how to find it, and which of its members is the id that clients know it by.
SOURCES: dict[str, tuple[Callable[[Principal], QuerySet[Any]], str]] = {
    "position": (positions_of, "pk"),
    "conflict": (lambda principal: conflicts_of(principal.user_id), "pk"),
    "entry": (entries_of, "audiobook_id"),
    "shelf": (lambda principal: shelves_of(principal.user_id), "client_id"),
    "item": (items_on_shelves, "pk"),
    "bookmark": (bookmarks_of, "client_id"),
    "review": (reviews_of, "pk"),
}


class ChangesForgotten(Conflict):
    """The device was away for longer than deletions are remembered: it starts over."""

    def __init__(self) -> None:
        super().__init__(
            "changes_forgotten", "You were away for too long: forget what you have, and ask since 0."
        )


@dataclass(frozen=True, slots=True)
class Change:
    """Something of a listener's after a change; ``thing`` is None where it was deleted."""

    revision: int
    kind: str
    id: UUID
    thing: Any = None


@dataclass(frozen=True, slots=True)
class Feed:
    """Changes in their order, and the revision to ask from next."""

    changes: list[Change]
    next: int
    has_more: bool


# --8<-- [start:feed]
def changes_since(principal: Principal, since: int, *, limit: int) -> Feed:
    """
    Return up to ``limit`` changes after a revision, the oldest first; 0 asks for everything. One revision is never split.

    1 query, and 1 for each kind of thing and for the deletions, at any length. Raises
    ``Invalid("since_unknown")`` for a revision that was never told; ``ChangesForgotten``.
    """
    if principal.user_id is None:
        return Feed([], 0, False)
    number, forgotten = revision_of(principal.user_id)
    if since > number:
        raise Invalid("since_unknown", f"The last revision is {number}: send one that you were told, or 0.")
    if 0 < since < forgotten:
        raise ChangesForgotten
    found = _changes(principal, {"revision__gt": since, "revision__lte": number}, limit + 1)
    if len(found) <= limit:
        return Feed(found, number, has_more=False)
    cut = found[limit].revision
    page = [change for change in found if change.revision < cut]
    if not page:  # one change touched more things than fit: they go together
        page = _changes(principal, {"revision": cut}, None)
    return Feed(page, page[-1].revision, has_more=page[-1].revision < number)


# --8<-- [end:feed]


def _changes(principal: Principal, where: dict[str, int], most: int | None) -> list[Change]:
    found: list[Change] = []
    for kind, (source, known_as) in SOURCES.items():
        rows: Iterable[Any] = source(principal).filter(**where).order_by("revision", "pk")[:most]
        found += [Change(row.revision, kind, getattr(row, known_as), row) for row in rows]
    deleted = Tombstone.objects.filter(user=principal.user_id, **where).order_by("revision", "pk")[:most]
    found += [Change(row.revision, row.kind, row.object_id) for row in deleted]
    return sorted(found, key=lambda change: (change.revision, change.kind, change.id))
