"""Connections: pages by keyset under the names Relay knows (edges, node, cursor, pageInfo), without a total."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from lab_graphql.errors import Refused

Node = TypeVar("Node")
Row = TypeVar("Row", bound=Model)
Values = Sequence[
    Any
]  # a row's values in the ordering's columns: JSON's own, or dates and UUIDs, which become text


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Where a page stands. ``has_previous_page`` is true where the page was asked for with ``after``."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """What was asked for: ``limit`` rows after the row of ``values`` (None: from the start) in ``ordering``."""

    limit: int
    values: tuple[Any, ...] | None
    ordering: str


@dataclass(frozen=True, slots=True)
class Edge(Generic[Node]):
    """A node and its place. The cursor is signed when it is asked for, not before."""

    node: Node
    _values_of: Callable[[Node], Values]
    _ordering: str

    @property
    def cursor(self) -> str:
        return write_cursor(self._values_of(self.node), ordering=self._ordering)


@dataclass(frozen=True, slots=True)
class Connection(Generic[Node]):
    """One page of ``nodes``."""

    nodes: list[Node]
    page: Page
    has_next: bool
    values_of: Callable[[Node], Values]

    @property
    def edges(self) -> list[Edge[Node]]:
        return list(self._edges(self.nodes))

    @property
    def page_info(self) -> PageInfo:
        ends: list[str | None] = [edge.cursor for edge in self._edges([*self.nodes[:1], *self.nodes[-1:]])]
        ends = ends or [None, None]
        return PageInfo(self.has_next, self.page.values is not None, ends[0], ends[-1])

    def _edges(self, nodes: list[Node]) -> Iterator[Edge[Node]]:
        return (Edge(node, self.values_of, self.page.ordering) for node in nodes)


def page_from(
    first: int | None, after: str | None, *, ordering: str, default: int = 20, most: int = 100
) -> Page:
    """
    Read a connection's arguments. Raises ``Refused``: ``first`` is not from 1 to ``most``, ``after`` no cursor of ours.

    ``ordering`` names the list and its order (``"books.newest"``): a cursor holds for the list it was made for.
    """
    # --8<-- [start:page]
    limit = default if first is None else first
    if not 1 <= limit <= most:
        raise Refused("invalid-page", f"first: ask for 1 to {most}, not {limit}.")
    return Page(limit, None if after is None else read_cursor(after, ordering=ordering), ordering)
    # --8<-- [end:page]


def connection_of(rows: Sequence[Node], page: Page, values_of: Callable[[Node], Values]) -> Connection[Node]:
    """
    Return the page as a connection. Fetch ``page.limit + 1`` rows: one more than shown says that there is a next page.

    ``values_of(row)`` returns its values in the ordering's columns, as ``rows_of`` or your own keyset reads them.
    """
    return Connection(list(rows[: page.limit]), page, len(rows) > page.limit, values_of)


def rows_of(queryset: QuerySet[Row], page: Page, *columns: str) -> list[Row]:
    """
    Return ``page.limit + 1`` rows in the order of ``columns``, whose last is unique and none NULL. 1 query at any depth.

    All columns run one way: ``"created_at", "id"`` or ``"-created_at", "-id"``.
    """
    names = [column.removeprefix("-") for column in columns]
    if page.values is not None:
        beyond = TupleLessThan if columns[0].startswith("-") else TupleGreaterThan
        queryset = queryset.filter(beyond(Tuple(*map(F, names)), page.values))
    return list(queryset.order_by(*columns)[: page.limit + 1])


def write_cursor(values: Values, *, ordering: str) -> str:
    """Return an opaque, signed, URL-safe text for a row's place. Signed is not secret."""
    # --8<-- [start:cursor]
    plain = [value if isinstance(value, str | int | float) else str(value) for value in values]
    return _signer(ordering).sign_object(plain)
    # --8<-- [end:cursor]


def read_cursor(cursor: str, *, ordering: str) -> tuple[Any, ...]:
    """Return the values of ``write_cursor``. Raises ``Refused`` where it was altered, or made for another ordering."""
    # --8<-- [start:cursor-check]
    try:
        return tuple(_signer(ordering).unsign_object(cursor))
    except BadSignature as error:
        raise Refused(
            "invalid-cursor", "after: not a cursor of this list. Start again without one."
        ) from error
    # --8<-- [end:cursor-check]


def _signer(ordering: str) -> Signer:
    return Signer(salt=f"lab_graphql.cursor.1.{ordering}", sep=".")
