"""Step 1: every resolver asks the database for itself, once for each parent."""

from typing import Any

from ariadne import ObjectType
from django.db.models import Avg
from graphql import GraphQLResolveInfo

from graphql_playground.entry import NEWEST, Way, query_of
from graphql_playground.models import Film, Person, Review

# --8<-- [start:naive]
film = ObjectType("Film")  # studio and director are attributes: Django asks for each when it is read
person = ObjectType("Person")


@film.field("cast")
def cast(row: Film, info: GraphQLResolveInfo) -> list[Person]:
    return list(row.cast.order_by("id"))


@film.field("reviews")
def reviews(row: Film, info: GraphQLResolveInfo, first: int) -> list[Review]:
    return list(row.reviews.order_by("-id")[:first])


@film.field("rating")
def rating(row: Film, info: GraphQLResolveInfo) -> float | None:
    return row.reviews.aggregate(mean=Avg("stars"))["mean"]


@person.field("directed")
def directed(row: Person, info: GraphQLResolveInfo, first: int) -> list[Film]:
    return list(row.directed.order_by(*NEWEST)[:first])


# --8<-- [end:naive]
bindables: list[Any] = [query_of(Way()), film, person]
