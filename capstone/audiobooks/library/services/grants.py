"""Grants: given by curators."""

from uuid import UUID

from audiobooks.library.models import Grant


def grant_give(*, user_id: UUID, audiobook_id: UUID) -> Grant:
    """Let a user hear a restricted audiobook; giving it twice is giving it once."""
    grant, _ = Grant.objects.get_or_create(user_id=user_id, audiobook_id=audiobook_id)
    return grant
