"""Step 2: everything that might be asked for is fetched with the list, whether it is asked for or not."""

from typing import Any

from ariadne import ObjectType
from django.db.models import Avg, Prefetch, QuerySet
from graphql import GraphQLResolveInfo

from graphql_playground.entry import NEWEST, Way, query_of
from graphql_playground.models import Film, Person, Review
from lab_graphql.lookahead import Selection

film = ObjectType("Film")
person = ObjectType("Person")


# --8<-- [start:prefetch]
def with_everything(films: QuerySet[Film], _: Selection) -> QuerySet[Film]:
    """Fetch what a film's fields may need."""
    return (
        films.select_related("studio", "director")
        .annotate(mean=Avg("reviews__stars"))
        .prefetch_related(
            Prefetch("cast", Person.objects.order_by("id")),
            Prefetch("reviews", Review.objects.order_by("-id")),
            Prefetch("director__directed", Film.objects.order_by(*NEWEST)),
        )
    )


def people_with_everything(people: QuerySet[Person], _: Selection) -> QuerySet[Person]:
    """Fetch what a person's fields may need."""
    return people.prefetch_related(Prefetch("directed", Film.objects.order_by(*NEWEST)))


@film.field("cast")
def cast(row: Film, info: GraphQLResolveInfo) -> list[Person]:
    return list(row.cast.all())


@film.field("reviews")
def reviews(row: Film, info: GraphQLResolveInfo, first: int) -> list[Review]:
    return list(row.reviews.all())[:first]


@film.field("rating")
def rating(row: Any, info: GraphQLResolveInfo) -> float | None:
    return row.mean if hasattr(row, "mean") else row.reviews.aggregate(mean=Avg("stars"))["mean"]


@person.field("directed")
def directed(row: Person, info: GraphQLResolveInfo, first: int) -> list[Film]:
    return list(row.directed.all())[:first]


# --8<-- [end:prefetch]
bindables: list[Any] = [query_of(Way(films=with_everything, people=people_with_everything)), film, person]
