"""Where a listener is, how much they heard, and what their devices tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType
from django.utils import timezone
from graphql import GraphQLResolveInfo

from audiobooks.accounts.graphql.callers import principal_of, user_id_of
from audiobooks.accounts.graphql.inputs import changing, valid
from audiobooks.accounts.graphql.scalars import enumeration
from audiobooks.catalog.graphql.belonging import Asked, own_of, own_page, own_rows
from audiobooks.catalog.graphql.fetching import about_audiobooks
from audiobooks.catalog.graphql.paging import Ordering, Place
from audiobooks.playback import selectors, services
from audiobooks.playback.models import Device, ListeningPosition
from audiobooks.playback.rest import shapes
from audiobooks.playback.services.events import OUTCOMES, Outcome
from lab_graphql.connections import Connection
from lab_graphql.errors import Refused

me = ObjectType("Me")
audiobook = ObjectType("Audiobook")
mutation = MutationType()
device = ObjectType("Device")
outcome = ObjectType("EventOutcome")

LAST_HEARD = Ordering(("-heard_at", "-id"))
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class StatsDay:
    """A day, UTC."""

    day: date
    listened_ms: int


@dataclass(frozen=True, slots=True)
class Stats:
    """How much was heard."""

    heard_ms: int
    days: list[StatsDay]


@dataclass(frozen=True, slots=True)
class PositionsSync:
    """What became of a batch."""

    outcomes: list[Outcome]
    positions: list[ListeningPosition]
    revision: int


@me.field("positions")
def positions(
    _: Any, info: GraphQLResolveInfo, first: int, after: str | None = None
) -> Connection[ListeningPosition]:
    rows = selectors.positions_of(principal_of(info))
    return own_page(info, rows, LAST_HEARD, "positions", first, after)


@audiobook.field("position")
def position_of(row: Any, info: GraphQLResolveInfo) -> ListeningPosition | None:
    found: ListeningPosition | None = own_of(info, positions_in, row)
    return found


@about_audiobooks
def positions_in(keys: Iterable[UUID], place: Place, asked: Asked) -> Mapping[UUID, ListeningPosition]:
    """Return where the caller is, by recording. 1 query, and what is asked for of the recordings."""
    rows = selectors.positions_of(principal_of(asked.info)).filter(audiobook__in=keys)
    return {row.audiobook_id: row for row in own_rows(asked.info, rows)}


@me.field("stats")
def stats(_: Any, info: GraphQLResolveInfo, days: int) -> Stats:
    """Return the caller's statistics. 2 queries."""
    if not 1 <= days <= MOST_DAYS:
        raise Refused("invalid-query", f"days: ask for 1 to {MOST_DAYS}, not {days}.")
    user_id = user_id_of(info)
    listened = selectors.listened_by_day(user_id, today=timezone.now().date(), days=days)
    return Stats(selectors.heard_ms_of(user_id), [StatsDay(*one) for one in listened])


@mutation.field("positionsSync")
@changing
def positions_sync(_: Any, info: GraphQLResolveInfo, **given: Mapping[str, Any]) -> PositionsSync:
    user_id_of(info)
    told = valid(shapes.OfflineIn, given["input"])
    told_by = told.validated_data["device"]
    result = services.positions_sync(
        principal=principal_of(info),
        device=(told_by["id"], told_by["name"]),
        sent_at=told.validated_data["sent_at"],
        sessions=told.offline,
        told=told.told,
        now=timezone.now(),
    )
    ids = [position.id for position in result.positions]
    rows = selectors.positions_of(principal_of(info)).filter(pk__in=ids).order_by("-heard_at", "-id")
    return PositionsSync(result.outcomes, own_rows(info, rows, "positions"), result.revision)


@outcome.field("code")
def code(row: Outcome, info: GraphQLResolveInfo) -> str:
    return row.code.upper()


@outcome.field("conflict")
def conflict(row: Outcome, info: GraphQLResolveInfo) -> UUID | None:
    return row.conflict_id


@device.field("id")
def device_id(row: Device, info: GraphQLResolveInfo) -> UUID:
    return row.client_id


rows = {
    "Position": ListeningPosition,
    "Device": Device,
    "Stats": Stats,
    "StatsDay": StatsDay,
    "PositionsSync": PositionsSync,
    "EventOutcome": Outcome,
}
bindables = [me, audiobook, mutation, device, outcome, enumeration("Outcome", OUTCOMES)]
