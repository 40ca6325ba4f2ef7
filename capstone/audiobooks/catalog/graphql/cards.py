"""
A page of recordings from the JSON that PostgreSQL keeps, where a question asks for no more than a card shows.

Nobody executes the fields below the list: each card is cut to what was asked for. What is asked for as the card has it is
copied as it is. A test holds every such answer to that of the ordinary path.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from graphql import GraphQLResolveInfo

from audiobooks.accounts.graphql.callers import principal_of
from audiobooks.catalog.covers import addressed
from audiobooks.catalog.graphql.paging import Ordering
from audiobooks.catalog.rest.cards import columns_by, page_query
from audiobooks.catalog.selectors import sight_of
from lab_graphql.connections import Page, connection_of
from lab_graphql.lookahead import Asked, Selection, Shaped, shape

Raw = msgspec.Raw
Cut = Callable[[Raw], Any]
CARDS = msgspec.json.Decoder(dict[str, Raw])
# What a card has of a type, by the graph's names and in the card's order.
KEPT: Mapping[str, Sequence[str]] = {
    "Book": ("id", "title"),
    "Person": ("id", "name"),
    "Genre": ("slug", "name", "parent"),
    "Rating": ("count", "overall", "performance", "story", "histogram"),
}
PLAIN = {"id", "title", "subtitle", "language", "isAbridged", "releasedOn", "durationMs"}
FROM_COLUMN: Mapping[str, Callable[[Any], Any]] = {"id": UUID, "released_on": date.fromisoformat}


def card_page(info: GraphQLResolveInfo, asked: Selection, page: Page, ordering: Ordering) -> Shaped | None:
    """Return a page of all recordings that the caller may see; None where cards do not have all that is asked for. 1 query."""
    plans = {name: plan_of(asked.at(*path)) for name, path in PLACES.items() if asked.at(*path).fields}
    if None in plans.values():
        return None
    names = [column.removeprefix("-") for column in ordering.columns]
    start = {
        name: FROM_COLUMN.get(name, same)(value)
        for name, value in zip(names, page.values or (), strict=False)
    }
    direction = (True, False) if start else None
    query = page_query(sight_of(principal_of(info)), columns_by(ordering.columns), direction, page.limit)
    connection = connection_of(query.rows(**start), page, lambda row: row[:-1])
    told = {name: [cut(row[-1], plan) for row in connection.nodes] for name, plan in plans.items() if plan}
    return Shaped(written(asked, connection, told))


PLACES = {"nodes": ("nodes",), "node": ("edges", "node")}


def written(asked: Selection, connection: Any, told: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Return the connection in the form that was asked for."""
    answer: dict[str, Any] = {}
    for field in asked.fields:
        if field.name == "nodes":
            answer[field.key] = told["nodes"]
        elif field.name == "edges":
            answer[field.key] = [
                {each.key: edge_value(each, edge, at, told) for each in field.below.fields}
                for at, edge in enumerate(connection.edges)
            ]
        elif field.name == "__typename":
            answer[field.key] = field.kind
        else:
            answer[field.key] = shape(connection.page_info, field.below)
    return answer


def edge_value(field: Asked, edge: Any, at: int, told: Mapping[str, list[Any]]) -> Any:
    """Return one field of an edge."""
    if field.name == "node":
        return told["node"][at]
    return field.kind if field.name == "__typename" else edge.cursor


Plan = Sequence[tuple[str, str, Cut]]


def plan_of(asked: Selection) -> Plan | None:
    """Return how a card is cut: (the caller's name, the card's, what makes of it what was asked for); None where it has less."""
    plan = []
    for field in asked.fields:
        make = cut_of(field)
        if make is None:
            return None
        plan.append((field.key, "id" if field.name == "__typename" else field.attribute, make))
    return plan


def cut(card: str, plan: Plan) -> dict[str, Any]:
    """Return a card, cut."""
    kept = CARDS.decode(addressed(card))
    return {key: make(kept[name]) for key, name, make in plan}


def cut_of(field: Asked) -> Cut | None:
    """Return what makes a field's value of the card's; None where the card does not have it."""
    if field.name == "__typename":
        return lambda _: field.kind
    if field.name in PLAIN:
        return same
    if field.name in ("access", "status"):
        return in_capitals
    if field.name in MADE:
        make, has = MADE[field.name]
        return shaped_by(field.below, make) if has(field.below) else None
    return None


def same(value: Any) -> Any:
    """Return what the card has."""
    return value


def in_capitals(value: Raw) -> Raw:
    """Return a word of the domain as the enumeration spells it."""
    return Raw(bytes(value).upper())


def shaped_by(asked: Selection, make: Callable[[Any], Any]) -> Cut:
    """Return what decodes a value, makes the graph's of it, and cuts that; where nothing is to do, the value itself."""
    is_whole = make is same and all(field.key == field.name for field in asked.fields)
    kind = asked.fields[0].kind
    if is_whole and tuple(field.name for field in asked.fields) == KEPT.get(kind):
        return same
    return lambda value: shape(make(msgspec.json.decode(value)), asked)


def has_all_of(kind: str) -> Callable[[Selection], bool]:
    """Return what says whether a card has all that is asked for of a type."""
    return lambda asked: asked.names <= {*KEPT[kind], "__typename"}


def places(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a card's series as the graph has them: the place, and the series in it."""
    return [{**entry, "series": {"id": entry["id"], "name": entry["name"]}} for entry in entries]


def has_places(asked: Selection) -> bool:
    """Say whether a card has all that is asked for of a recording's series."""
    return asked.at("series").names <= {"id", "name", "__typename"}


def cover(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a card's cover as the graph has it."""
    if kept is None:
        return None
    images = [{"widthPx": int(width), "url": url} for width, url in kept["urls"].items()]
    return {**kept, "images": images}


def always(_: Selection) -> bool:
    """Say that a card has it whole."""
    return True


MADE: Mapping[str, tuple[Callable[[Any], Any], Callable[[Selection], bool]]] = {
    "book": (same, has_all_of("Book")),
    "authors": (same, has_all_of("Person")),
    "narrators": (same, has_all_of("Person")),
    "genres": (same, has_all_of("Genre")),
    "rating": (same, has_all_of("Rating")),
    "series": (places, has_places),
    "cover": (cover, always),
}
