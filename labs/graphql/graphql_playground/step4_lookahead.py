"""Step 4: the resolver of the list looks at what is asked for, and fetches that."""

from typing import Any

from ariadne import ObjectType
from django.db.models import Avg, Prefetch, QuerySet, Window
from django.db.models.functions import RowNumber
from graphql import GraphQLResolveInfo

from graphql_playground.entry import NEWEST, Way, query_of
from graphql_playground.models import Film, Person, Review
from lab_graphql.lookahead import Selection, selection_of

film = ObjectType("Film")
person = ObjectType("Person")
added = ObjectType("ReviewAdded")
Arguments = dict[str, Any]


# --8<-- [start:lookahead]
def films_with(films: QuerySet[Film], asked: Selection) -> QuerySet[Film]:
    """Fetch what is asked for of these films, down to the last level."""
    for name in ("studio", "director"):
        if asked.asks(name):
            films = films.select_related(name)
    if asked.asks("rating"):
        films = films.annotate(mean=Avg("reviews__stars"))
    if asked.asks("cast"):
        cast = people_with(Person.objects.order_by("id"), asked.at("cast"))
        films = films.prefetch_related(Prefetch("cast", cast, to_attr="players"))
    for arguments, _ in asked.calls("reviews"):
        films = films.prefetch_related(first_of(arguments, "reviews", "film", Review.objects.order_by("-id")))
    for arguments, below in asked.at("director").calls("directed"):
        films = films.prefetch_related(directed_by(arguments, below, "director__directed"))
    return films


def people_with(people: QuerySet[Person], asked: Selection) -> QuerySet[Person]:
    """Fetch what is asked for of these people."""
    return people.prefetch_related(*[directed_by(*call, "directed") for call in asked.calls("directed")])


def directed_by(arguments: Arguments, asked: Selection, relation: str) -> Any:
    """Fetch the films that people directed, with what is asked for of those."""
    return first_of(arguments, relation, "director", films_with(Film.objects.order_by(*NEWEST), asked))


def first_of(arguments: Arguments, relation: str, parent: str, rows: QuerySet[Any]) -> Any:
    """Fetch the ``first`` of each parent, under a name of their own: two aliases may ask for two numbers."""
    first = max(arguments["first"], 0)
    place = Window(RowNumber(), partition_by=parent, order_by=rows.query.order_by)
    name = f"{relation.rpartition('__')[2]}_{first}"
    return Prefetch(relation, rows.alias(place=place).filter(place__lte=first), to_attr=name)


@film.field("cast")
def cast(row: Any, info: GraphQLResolveInfo) -> list[Person]:
    return list(row.players)


@film.field("reviews")
def reviews(row: Any, info: GraphQLResolveInfo, first: int) -> list[Review]:
    return list(getattr(row, f"reviews_{max(first, 0)}"))


@film.field("rating")
def rating(row: Any, info: GraphQLResolveInfo) -> float | None:
    return row.mean


@person.field("directed")
def directed(row: Any, info: GraphQLResolveInfo, first: int) -> list[Film]:
    return list(getattr(row, f"directed_{max(first, 0)}"))


# --8<-- [end:lookahead]
@added.field("film")
def film_now(row: Any, info: GraphQLResolveInfo) -> Film:
    return films_with(Film.objects.all(), selection_of(info)).get(pk=row.film.pk)


bindables: list[Any] = [
    query_of(Way(films=films_with, people=people_with, looks_ahead=True)),
    film,
    person,
    added,
]
