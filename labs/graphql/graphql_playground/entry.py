"""Where a query begins; every step answers at the same places, and fetches in its own way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ariadne import QueryType
from django.db.models import Q, QuerySet
from graphql import GraphQLResolveInfo

from graphql_playground.models import Film, Person
from lab_graphql.connections import Connection, connection_of, page_from, rows_of
from lab_graphql.lookahead import Selection, selection_of

NEWEST = ("-year", "-id")


def as_they_are(rows: Any, _: Any) -> Any:
    """Return the rows, as no step has touched them."""
    return rows


def nothing(_: GraphQLResolveInfo) -> Selection:
    """Look at nothing of what is asked for."""
    return Selection(())


@dataclass(frozen=True, slots=True)
class Way:
    """How a step fetches: what it makes of a queryset before, and what it does with the rows after."""

    films: Callable[[QuerySet[Film], Selection], QuerySet[Film]] = as_they_are
    people: Callable[[QuerySet[Person], Selection], QuerySet[Person]] = as_they_are
    fetched: Callable[[Sequence[Any], GraphQLResolveInfo], Any] = as_they_are
    looks_ahead: bool = False


def query_of(way: Way) -> QueryType:
    """Return the resolvers of Query for a way to fetch."""
    query = QueryType()
    look = selection_of if way.looks_ahead else nothing

    @query.field("films")
    def films(
        _: Any,
        info: GraphQLResolveInfo,
        first: int | None,
        after: str | None = None,
        since: int | None = None,
    ) -> Connection[Film]:
        page = page_from(first, after, ordering="films.newest")
        asked = look(info)
        below = Selection(asked.at("nodes").fields + asked.at("edges", "node").fields)
        rows = rows_of(way.films(since_year(Film.objects.all(), since), below), page, *NEWEST)
        way.fetched(rows[: page.limit], info)
        return connection_of(rows, page, place_of)

    @query.field("film")
    def film(_: Any, info: GraphQLResolveInfo, **named: str) -> Film | None:
        return one(way.films(Film.objects.all(), look(info)), named["id"], info)

    @query.field("person")
    def person(_: Any, info: GraphQLResolveInfo, **named: str) -> Person | None:
        return one(way.people(Person.objects.all(), look(info)), named["id"], info)

    @query.field("search")
    def search(_: Any, info: GraphQLResolveInfo, text: str) -> list[Film | Person]:
        asked = look(info)
        films = way.films(Film.objects.filter(title__icontains=text), of_kind(asked, "Film"))
        people = way.people(Person.objects.filter(Q(name__icontains=text)), of_kind(asked, "Person"))
        found = [*films.order_by(*NEWEST)[:5], *people.order_by("id")[:5]]
        way.fetched(found, info)
        return found

    def one(queryset: QuerySet[Any], named: str, info: GraphQLResolveInfo) -> Any:
        rows = list(queryset.filter(pk=int(named))) if named.isdecimal() and len(named) < 19 else []
        way.fetched(rows, info)
        return rows[0] if rows else None

    return query


def since_year(films: QuerySet[Film], since: int | None) -> QuerySet[Film]:
    """Return the films of that year and later."""
    return films if since is None else films.filter(year__gte=since)


def place_of(film: Film) -> tuple[int, int]:
    """Return a film's values in the columns of ``NEWEST``."""
    return film.year, film.pk


def of_kind(selection: Selection, kind: str) -> Selection:
    """Return what is asked of one kind of thing, under a union."""
    return Selection(tuple(field for field in selection.fields if field.kind == kind))
