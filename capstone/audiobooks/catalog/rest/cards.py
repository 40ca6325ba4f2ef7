"""
The hot reads: a page of recordings and a recording's own page, as the JSON that PostgreSQL keeps.

What a caller may see, filters and orders by is decided where it always was. Here serializers are gone around and, where a
request only says from where and how many, the ORM and the filters too. Whatever is wrong with a request is found, and
told, by the ordinary path.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from audiobooks.accounts.authentication import principal_of
from audiobooks.catalog.covers import addressed
from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.rest.caching import MEDIA_TYPE, Kept
from audiobooks.catalog.rest.etags import etag_of_halves
from audiobooks.catalog.selectors import audiobooks_kept, audiobooks_shown, sight_of
from audiobooks.compiled_query import CompiledQuery
from audiobooks.errors import NotFound
from audiobooks.principal import ANONYMOUS, Principal, Role
from lab_caching.views import etag_of as etag_of_bytes
from lab_rest.cursors import Place, read_cursor, scope_of
from lab_rest.keyset import Column, backwards, columns_of, neighbours, rows_after
from lab_rest.pagination import KeysetPagination

Rows = list[tuple[Any, ...]]
LIST, ONE = "catalog.audiobook.list", "catalog.audiobook.detail"  # under which answers are kept
SOMEBODY = UUID(int=0)
SEEN_BY = {  # somebody of each sight
    sight_of(one): one
    for one in (ANONYMOUS, Principal(SOMEBODY, Role.LISTENER), Principal(SOMEBODY, Role.CURATOR))
}
STAND_INS: dict[str, Any] = {
    "sort_title": "\ue000",
    "released_on": date.min,
    "duration_ms": -1,
    "score": -1,
    "id": SOMEBODY,
}


# --8<-- [start:asked]
class Asked(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A request for a page that says no more than from where, in which order, and how many."""

    limit: Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,3}\Z")] | None = None
    ordering: str | None = None
    cursor: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._:-]+\Z")] | None = None

    @property
    def rows(self) -> int:
        """How many."""
        return int(self.limit or KeysetPagination.default_limit)

    @property
    def order(self) -> str:
        """In which order."""
        return "title" if self.ordering is None else self.ordering

    @property
    def filters(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What a cursor is bound to besides, as pairs of name and values."""
        return ()


Kind = TypeVar("Kind", bound=Asked)


def asked_of(request: Request, orderings: Iterable[str], kind: type[Kind]) -> Kind | None:
    """Return what is asked for; None where it is more than that, or wrong."""
    query = request.META.get("QUERY_STRING", "")
    try:
        given = parse_qsl(query, keep_blank_values=True, max_num_fields=len(kind.__struct_fields__))
        asked = msgspec.convert(dict(given), kind)
    except ValueError:  # too many, or one that is wrong
        return None
    is_once = len(given) == len(dict(given)) and query.isascii()
    is_right = 1 <= asked.rows <= KeysetPagination.max_limit and asked.order in orderings
    return asked if is_once and is_right else None


# --8<-- [end:asked]


def page(view: GenericAPIView[Any]) -> Kept:
    """Return a page of a view whose queryset is of ``audiobooks_shown``. 1 query; with ``count`` 2."""
    request, paginator = view.request, view.paginator
    assert isinstance(paginator, KeysetPagination)  # noqa: S101 -- for mypy
    orderings = getattr(view, "orderings", {})
    asked = asked_of(request, orderings, Asked)
    if asked:
        return asked_page(request, asked, orderings)
    rows = paginator.paginate_queryset(
        view.filter_queryset(view.get_queryset()).values("card"), request, view
    )
    return kept_page(paginator, [row["card"] for row in rows])


def asked_page(request: Request, asked: Asked, orderings: Mapping[str, tuple[str, ...]]) -> Kept:
    """Return a page of all recordings that the caller may see. 1 query, 2 where a card is not kept just now."""
    paginator, columns = KeysetPagination(), columns_by(orderings[asked.order])
    query = partial(page_query, sight_of(principal_of(request)), columns, limit=asked.rows)
    return kept_page(paginator, plain_page(paginator, request, asked, columns, partial(rows_of, query)))


def kept_page(paginator: KeysetPagination, cards: Iterable[str], **more: Any) -> Kept:
    """Return a page of cards, with the links that its paginator has found, and what else is to be told."""
    around: dict[str, Any] = {"next": paginator.next_link, "previous": paginator.previous_link}
    if paginator.count is not None:
        around["count"] = paginator.count
    around |= more
    results = addressed(",".join(cards)).encode()
    content = b'{"results":[%b],%b' % (results, msgspec.json.encode(around)[1:])
    return Kept(etag_of_bytes(content, MEDIA_TYPE), paginator.headers.get("Link", ""), content)


def plain_page(
    paginator: KeysetPagination,
    request: Request,
    asked: Asked,
    columns: Sequence[Column],
    rows_at: Callable[..., Rows],
) -> list[str]:
    """
    Return the cards of a page, and set the paginator's links. No query but those of ``rows_at``.

    That is given a direction and where to start, by column, and returns the page's rows and one more: the columns, the card.
    """
    paginator.request = request
    scope, place, limit = scope_by(request.path, columns, asked.filters), None, asked.rows
    if asked.cursor:
        max_age = paginator.cursor_max_age
        place = read_cursor(asked.cursor, ordering=asked.order, scope=scope, max_age=max_age)
    start = dict(zip((column.name for column in columns), place.values, strict=True)) if place else {}
    found = rows_at(direction_of(place), **start)
    forward = place is None or place.forward
    rows = found[:limit] if forward else found[:limit][::-1]
    following, preceding = neighbours([row[:-1] for row in rows], place, len(found) > limit)
    paginator.asked = [(name, [value]) for name, value in msgspec.structs.asdict(asked).items() if value]
    paginator.link(following, preceding, ordering=asked.order, scope=scope)
    return [row[-1] for row in rows]


def rows_of(query: Callable[..., CompiledQuery], direction: "Direction", **start: Any) -> Rows:
    """Return the rows of a page. 1 query; 2 where a card is not kept just now."""
    return kept_or_made(partial(query, direction), **start)


# --8<-- [start:kept-or-made]
def kept_or_made(query: Callable[..., CompiledQuery], **values: Any) -> Rows:
    """Return rows that end in a text. 1 query where all are kept; else 1 more, which makes what is missing."""
    rows = query(kept=True).rows(**values)
    return rows if all(row[-1] is not None for row in rows) else query().rows(**values)


# --8<-- [end:kept-or-made]


Direction = tuple[bool, bool] | None  # forward, inclusive; None: from the beginning


def direction_of(place: Place | None) -> Direction:
    """Return what of a place shapes the statement."""
    return (place.forward, place.inclusive) if place else None


@lru_cache(
    maxsize=256
)  # of 18,000 possible ones: 3 sights, 6 orderings, 5 directions, 100 lengths, kept or made
def page_query(
    sight: str, columns: Sequence[Column], direction: Direction, limit: int, *, kept: bool = False
) -> CompiledQuery:
    """Return the statement of a page of all recordings."""
    return compiled_page(shown_to(sight, kept=kept), columns, direction, limit)


def shown_to(sight: str, *, kept: bool) -> QuerySet[Any]:
    """Return the recordings of a sight with their cards, as they are kept or made now."""
    shown = audiobooks_kept if kept else audiobooks_shown
    return shown(SEEN_BY[sight], "card")


def compiled_page(
    queryset: QuerySet[Any], columns: Sequence[Column], direction: Direction, limit: int, **stand_ins: Any
) -> CompiledQuery:
    """
    Return the statement of a page: the columns of the ordering and the card, ``limit`` + 1 rows.

    ``stand_ins`` are those that the queryset has already.
    """
    forward, inclusive = direction or (True, False)
    order = columns if forward else backwards(columns)
    names = [column.name for column in columns]
    queryset = queryset.order_by(*map(str, order)).values_list(*names, "card")
    start = {name: STAND_INS[name] for name in names} if direction else {}
    if start:
        queryset = queryset.filter(rows_after(order, list(start.values()), inclusive=inclusive))
    return CompiledQuery(queryset[: limit + 1], **start, **stand_ins)


@lru_cache(maxsize=256)
def scope_by(path: str, columns: Sequence[Column], filters: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """Return the fingerprint of a list with these filters."""
    return scope_of(path, filters, [str(column) for column in columns])


@lru_cache
def columns_by(ordering: tuple[str, ...]) -> Sequence[Column]:
    """Return the columns of an ordering."""
    return columns_of(Audiobook.objects.all(), ordering)


# --8<-- [start:whole]
def whole(principal: Principal, audiobook_id: UUID) -> Kept:
    """Return a recording's own page, with the ETag of its version. 1 query, 2 if not kept. Raises ``NotFound``."""
    rows = kept_or_made(partial(whole_query, sight_of(principal)), id=audiobook_id)
    if not rows:
        raise NotFound("audiobook_unknown", f"There is no audiobook {audiobook_id}, or you may not see it.")
    version, rating_version, text = rows[0]
    return Kept(etag_of_halves(audiobook_id, version, rating_version), "", addressed(text).encode())


@lru_cache
def whole_query(sight: str, *, kept: bool = False) -> CompiledQuery:
    """Return the statement of a recording's own page: its version, its rating's, and the page."""
    shown = audiobooks_kept if kept else audiobooks_shown
    found = (
        shown(SEEN_BY[sight], "whole")
        .filter(pk=SOMEBODY)
        .annotate(stars=Coalesce("rating__version", 0))
        .order_by()
    )
    queryset = found.values_list("version", "stars", "whole")
    return CompiledQuery(queryset, id=SOMEBODY)


# --8<-- [end:whole]
