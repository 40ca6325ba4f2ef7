"""Identifiers that clients see: UUIDs of version 7 (RFC 9562), which sort by the time they were made."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """Return a fresh time-ordered UUID, as the standard library's type."""
    return compat.uuid7()
