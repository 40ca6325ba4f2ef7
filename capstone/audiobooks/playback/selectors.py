"""Reading what was heard. Each selector states what it costs."""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Func, IntegerField, QuerySet, Sum

from audiobooks.catalog.selectors import audiobooks_visible_to
from audiobooks.errors import NotFound
from audiobooks.playback.models import (
    MOST_A_DAY_MS,
    Coverage,
    ListeningDay,
    ListeningPosition,
    PlaybackPolicy,
    PlaybackSession,
    Policy,
    PositionConflict,
    PositionEvent,
)
from audiobooks.principal import Principal

UNKNOWN = ("playback_unknown", "You have no such playback session: begin one.")
MOST_COMPARED = 500  # events of one device, the newest, that a divergence is looked for in


def session_of(user_id: UUID, session_id: UUID) -> PlaybackSession:
    """Return one of a listener's own sessions. 1 query. Raises ``NotFound`` for everybody else's too."""
    sessions = PlaybackSession.objects.select_related("device", "audiobook")
    session = sessions.filter(user=user_id, pk=session_id).first()
    if session is None:
        raise NotFound(*UNKNOWN)
    return session


def positions_of(principal: Principal) -> QuerySet[ListeningPosition]:
    """Return where a listener is, in what they may still see. 1 query at any length."""
    return ListeningPosition.objects.filter(
        user=principal.user_id, audiobook__in=audiobooks_visible_to(principal)
    ).select_related("device", "audiobook")


def events_after(device_id: UUID, audiobook_id: UUID, revision: int) -> QuerySet[PositionEvent]:
    """Return the newest events of a device in a recording that were stored after a change. 1 query."""
    events = PositionEvent.objects.filter(device=device_id, audiobook=audiobook_id, revision__gt=revision)
    return events.order_by("-seq")[:MOST_COMPARED]


def conflicts_of(user_id: UUID | None) -> QuerySet[PositionConflict]:
    """Return a listener's conflicts, open and settled. 1 query at any length."""
    return PositionConflict.objects.filter(user=user_id).select_related(
        "audiobook", "low_device", "high_device", "kept_device"
    )


def conflict_of(user_id: UUID, conflict_id: UUID) -> PositionConflict:
    """Return one of a listener's own conflicts. 1 query. Raises ``NotFound`` for everybody else's too."""
    conflict = conflicts_of(user_id).filter(pk=conflict_id).first()
    if conflict is None:
        raise NotFound("conflict_unknown", "You have no such conflict: me/conflicts/ lists yours.")
    return conflict


def policy_of(user_id: UUID) -> str:
    """Return what a listener wants done about conflicts. 1 query."""
    policy = PlaybackPolicy.objects.filter(pk=user_id).values_list("on_conflict", flat=True).first()
    return policy or Policy.ASK


class MillisecondsIn(Func):
    """The length of a multirange, in PostgreSQL."""

    template = "(SELECT coalesce(sum(upper(r) - lower(r)), 0)::int FROM unnest(%(expressions)s) AS r)"
    output_field = IntegerField()


def heard_ms_of(user_id: UUID) -> int:
    """Return how much a listener has heard of all recordings, each millisecond once. 1 query."""
    heard = Coverage.objects.filter(user=user_id).aggregate(total=Sum(MillisecondsIn("heard")))
    return int(heard["total"] or 0)


def listened_by_day(user_id: UUID, *, today: date, days: int) -> list[tuple[date, int]]:
    """
    Return (day, listened_ms) of the last so many days, UTC, the newest first; days without listening are left out. 1 query.

    Devices that play side by side count together, but no day has more than 24 hours at four times the speed.
    """
    listened = ListeningDay.objects.filter(user=user_id, day__gt=today - timedelta(days=days), day__lte=today)
    by_day = listened.values("day").order_by("-day").annotate(total=Sum("listened_ms"))
    return [(row["day"], min(int(row["total"]), MOST_A_DAY_MS)) for row in by_day]
