"""Following a person or a series, and no longer."""

from datetime import datetime
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Person, Series
from audiobooks.catalog.selectors import people_credited, person_merged_into, series_visible_to
from audiobooks.errors import Conflict, Invalid, NotFound
from audiobooks.library.models import Announcement, Follow
from audiobooks.library.selectors import follows_matching
from audiobooks.principal import Principal

SIGNER = "nexus.library.follows"


class StopTokenRefused(Invalid):
    """The address of "no more letters" is not one of ours."""

    def __init__(self) -> None:
        super().__init__("stop_token_refused", "This address is not whole: take it from the e-mail.")


def follow_begin(
    principal: Principal, *, user_id: UUID, person_id: UUID | None, series_id: UUID | None, now: datetime
) -> tuple[Follow, bool]:
    """
    Follow a person or a series that the caller may see; return the follow, and whether it is new.

    Doing it twice is doing it once. ``now`` is aware UTC. Raises ``Invalid``, ``NotFound``,
    ``Conflict("too_many_follows")``.
    """
    thing: dict[str, Person | Series]
    if person_id and not series_id:
        thing = {"person": _person(principal, person_id)}
    elif series_id and not person_id:
        thing = {"series": _series(principal, series_id)}
    else:
        raise Invalid("follow_one_thing", "Name a person or a series: one of the two.")
    with transaction.atomic():
        # Who counts, counts alone.
        if User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).first() is None:
            raise NotFound("account_gone", "This account no longer exists.")
        follow = Follow.objects.filter(user=user_id, **thing).first()
        if follow is not None:
            return follow, False
        if Follow.objects.filter(user=user_id).count() >= Follow.MOST:
            raise Conflict("too_many_follows", f"You follow {Follow.MOST} already: end some first.")
        return Follow.objects.create(user_id=user_id, created_at=now, **thing), True


def follow_end(*, user_id: UUID, follow_id: UUID) -> None:
    """Follow no longer. Raises ``NotFound`` for somebody else's too."""
    if not Follow.objects.filter(pk=follow_id, user=user_id).delete()[0]:
        raise NotFound("follow_unknown", "You have no such follow: me/follows/ lists yours.")


def stop_token(announcement_id: UUID) -> str:
    """Return what an e-mail's "no more of these" carries. It ends follows and does nothing else, so it does not expire."""
    return Signer(salt=SIGNER).sign(announcement_id.hex)


def follows_end_by_token(*, token: str) -> None:
    """End the follows for which an announcement was sent (RFC 8058). Safe to repeat. Raises ``StopTokenRefused``."""
    try:
        announcement_id = UUID(Signer(salt=SIGNER).unsign(token))
    except (BadSignature, ValueError) as error:
        raise StopTokenRefused from error
    told = Announcement.objects.filter(pk=announcement_id).first()
    if told is not None:
        follows_matching(told.audiobook_id).filter(user=told.user_id).delete()


@transaction.atomic
def follows_move(*, duplicate_id: UUID, into_id: UUID) -> None:
    """Let who followed a merged person follow the one they are now. Safe to repeat."""
    both = Follow.objects.filter(person=into_id).values("user")
    Follow.objects.filter(Q(user__in=both), person=duplicate_id).delete()
    Follow.objects.filter(person=duplicate_id).update(person=into_id)


def _person(principal: Principal, person_id: UUID) -> Person:
    found = people_credited(principal).filter(pk=person_merged_into(person_id) or person_id).first()
    if found is None:
        raise NotFound("person_unknown", f"There is no person {person_id}, or you may not see them.")
    return found


def _series(principal: Principal, series_id: UUID) -> Series:
    found = series_visible_to(principal).filter(pk=series_id).first()
    if found is None:
        raise NotFound("series_unknown", f"There is no series {series_id}, or you may not see it.")
    return found
