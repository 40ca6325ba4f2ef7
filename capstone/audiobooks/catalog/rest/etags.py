"""
Entity tags in two halves, ``"<written>.<shown>"``: what a change must have seen, and what an answer shows besides.

A recording shows its rating, which changes whenever a listener gives stars. The whole tag changes with it, as a strong
validator must (RFC 9110, section 8.8.1). If-Match guards what curators write, against each other: of it the first half is
compared, or no curator could ever save a recording that is reviewed each minute.
"""

from typing import Protocol
from uuid import UUID

from rest_framework.request import Request

from audiobooks.catalog.models import Audiobook
from lab_rest.conditional import precondition_from
from lab_rest.preconditions import Precondition, etag_of


class Versioned(Protocol):
    """Something that is changed under If-Match."""

    @property
    def pk(self) -> UUID: ...
    @property
    def version(self) -> int: ...


# --8<-- [start:etag]
def etag_for(thing: Versioned, *shown: object) -> str:
    """Return the entity tag of a thing; ``shown`` stands for what its answer shows besides what is written in it."""
    if isinstance(thing, Audiobook):
        shown = (thing.rated.version, *shown)
    return etag_of_halves(thing.pk, thing.version, *shown)


def etag_of_halves(thing_id: UUID, version: int, *shown: object) -> str:
    """Return the entity tag of a version of a thing."""
    written = etag_of(thing_id, version)
    return f"{written[:-1]}.{etag_of(thing_id, *shown)[1:]}" if shown else written


def seen_by(request: Request) -> Precondition:
    """Return what the caller's If-Match demands of what is written. Raises as ``precondition_from`` does."""
    tags = precondition_from(request).tags or frozenset()
    return Precondition(frozenset(f'{tag.partition(".")[0]}"' if "." in tag else tag for tag in tags))


# --8<-- [end:etag]
