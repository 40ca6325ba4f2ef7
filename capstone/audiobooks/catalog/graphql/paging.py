"""Pages of the graph: of one list, and of each parent's list at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet, Window
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import RowNumber
from graphql import GraphQLResolveInfo

from lab_graphql.connections import Connection, Page, connection_of
from lab_graphql.lookahead import Selection, selection_of


@dataclass(frozen=True)
class Ordering:
    """An order of rows by columns that run one way, the last one unique."""

    columns: tuple[str, ...]

    def place_of(self, row: Any) -> tuple[Any, ...]:
        """Return a row's values in the columns."""
        return tuple(self._value(row, column.removeprefix("-")) for column in self.columns)

    @staticmethod
    def _value(row: Any, path: str) -> Any:
        for name in path.split("__"):
            row = getattr(row, name)
        return row


BY_TITLE = Ordering(("sort_title", "id"))


@dataclass(frozen=True)
class Place:
    """A field's place in a document: what a batch is made for, for all parents who are asked there."""

    nodes: tuple[int, ...]

    @classmethod
    def of(cls, info: GraphQLResolveInfo) -> "Place":
        """Return the place that is being resolved."""
        return cls(tuple(map(id, info.field_nodes)))


def nodes_of(info: GraphQLResolveInfo) -> Selection:
    """Return what is asked for of the nodes of the connection that is being resolved."""
    asked = selection_of(info)
    return Selection(asked.at("nodes").fields + asked.at("edges", "node").fields)


# --8<-- [start:of-each]
def pages_of_each(
    rows: QuerySet[Any], parent: str, page: Page, ordering: Ordering
) -> Mapping[Any, list[Any]]:
    """Return ``page.limit + 1`` rows of each parent, by the parent's id. 1 query for all parents."""
    order = [*ordering.columns]
    if page.values is not None:
        beyond = TupleLessThan if order[0].startswith("-") else TupleGreaterThan
        rows = rows.filter(beyond(Tuple(*(F(name.removeprefix("-")) for name in order)), page.values))
    place = Window(RowNumber(), partition_by=parent, order_by=order)
    within = rows.select_related(None).alias(place=place).filter(place__lte=page.limit + 1)
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows.filter(pk__in=within.values("pk")).order_by(*order):
        found[getattr(row, parent)].append(row)
    return found


# --8<-- [end:of-each]


def connections_of(
    keys: Iterable[Any],
    found: Mapping[Any, list[Any]],
    page: Page,
    values_of: Callable[[Any], tuple[Any, ...]],
) -> Mapping[Any, Connection[Any]]:
    """Return the connection of each parent, one that has nothing too."""
    return {key: connection_of(found.get(key, []), page, values_of) for key in keys}
