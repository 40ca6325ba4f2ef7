"""Who asks: the one thing that decides what may be seen, whichever interface the question came through."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a user is here to do. Staff may do what curators may; curators what listeners may."""

    LISTENER = "listener"
    CURATOR = "curator"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller. ``user_id`` is None for an anonymous one, who has no role."""

    user_id: UUID | None = None
    role: Role | None = None

    @property
    def is_authenticated(self) -> bool:
        """Whether the caller proved who they are (the name Django and DRF ask for)."""
        return self.user_id is not None

    @property
    def pk(self) -> UUID | None:
        """The user's id (the name Django asks for)."""
        return self.user_id

    @property
    def is_curator(self) -> bool:
        """Whether the caller looks after the catalogue: curators and staff do."""
        return self.role in (Role.CURATOR, Role.STAFF)


ANONYMOUS = Principal()
