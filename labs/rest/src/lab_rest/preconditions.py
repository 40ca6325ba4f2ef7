"""
Entity tags (RFC 9110, section 8.8.3) and the guard against lost updates (section 13.1.1).

Services import this module, so it imports neither Django nor Django REST framework.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound="Model")

ENTITY_TAG = re.compile(r'((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,[ \t,]*|\Z)')


class MalformedTags(ValueError):
    """An If-Match or If-None-Match that is neither ``*`` nor a list of entity tags."""


class PreconditionFailed(Exception):
    """What was to be changed is not what the caller has seen."""


def etag_of(row_id: object, version: object, *form: object) -> str:
    """
    Return the strong entity tag of one version of one thing, quoted. What is inside is nobody's business.

    Change ``version`` with whatever the answer shows; where the answer's form may change, by a release or by the
    caller's role, say so in ``form``: a 304 would otherwise keep the old form alive.
    """
    # --8<-- [start:etag]
    identity = json.dumps([str(part) for part in (row_id, version, *form)])
    return f'"{hashlib.sha256(identity.encode()).hexdigest()[:32]}"'
    # --8<-- [end:etag]


def read_tags(header: str) -> frozenset[str]:
    """
    Return the entity tags of an If-Match or If-None-Match, quotes and ``W/`` kept; ``*`` gives ``{"*"}``.

    Raises ``MalformedTags``. Empty elements of the list are skipped (RFC 9110, section 5.6.1.2).
    """
    header = header.strip(" \t,")
    if header == "*":
        return frozenset(header)
    tags, place = set[str](), 0
    while place < len(header) or not tags:
        found = ENTITY_TAG.match(header, place)
        if found is None:
            raise MalformedTags(
                f"No entity tag at character {place + 1}. Send the ETag as it was answered, with its quotes."
            )
        tags.add(found[1])
        place = found.end()
    return frozenset(tags)


@dataclass(frozen=True, slots=True)
class Precondition:
    """The versions a change may replace: the caller has seen one of them. None stands for any version."""

    tags: frozenset[str] | None

    def check(self, row_id: object, version: object, *form: object) -> None:
        """
        Raise ``PreconditionFailed`` unless this version is one of those the caller has seen.

        Call it on a row that is locked, as ``locked`` does. The comparison is the strong one of RFC 9110, section
        8.8.3.2: a weak tag, ``W/"…"``, matches nothing.
        """
        # --8<-- [start:precondition-check]
        if self.tags is not None and etag_of(row_id, version, *form) not in self.tags:
            raise PreconditionFailed
        # --8<-- [end:precondition-check]

    def locked(
        self, rows: "QuerySet[Row]", parts: Callable[[Row], Iterable[Any]] = attrgetter("pk", "version")
    ) -> "Row | None":
        """
        Return the first of ``rows``, locked until the transaction ends and then checked; None where there is none.

        ``parts`` are those that its tag is made of. Raises ``PreconditionFailed``. Checked before the lock, two
        writers would both pass, and the second would overwrite the first. 1 query.
        """
        # --8<-- [start:lock]
        row = rows.select_for_update().first()
        if row is not None:
            self.check(*parts(row))
        return row
        # --8<-- [end:lock]


UNCONDITIONAL = Precondition(None)  # for tasks and commands, which have seen no version
