"""Step 3: whoever holds films announces them; the first that asks fetches for all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from ariadne import ObjectType
from django.db.models import Avg, Window
from django.db.models.functions import RowNumber
from graphql import GraphQLResolveInfo

from graphql_playground.entry import NEWEST, Way, query_of
from graphql_playground.models import Film, Person, Review, Studio
from lab_graphql.loaders import Loaders, batch

film = ObjectType("Film")
person = ObjectType("Person")


# --8<-- [start:loaders]
def studios(ids: Sequence[int]) -> Mapping[int, Studio]:
    """Return studios by their ids."""
    return Studio.objects.in_bulk(ids)


def people(ids: Sequence[int]) -> Mapping[int, Person]:
    """Return people by their ids."""
    return Person.objects.in_bulk(ids)


def ratings(ids: Sequence[int]) -> Mapping[int, float | None]:
    """Return films' mean stars by the films' ids."""
    means = Review.objects.filter(film__in=ids).values_list("film").annotate(mean=Avg("stars"))
    return dict.fromkeys(ids) | dict(means)


@batch(fetched=lambda casts, loaders: announce(chain(*casts), loaders))
def casts(ids: Sequence[int]) -> Mapping[int, list[Person]]:
    """Return films' casts by the films' ids."""
    parts = Film.cast.through.objects.filter(film__in=ids).select_related("person").order_by("person_id")
    return grouped(ids, [(part.film_id, part.person) for part in parts])


def latest_reviews(ids: Sequence[int], first: int) -> Mapping[int, list[Review]]:
    """Return each film's latest ``first`` reviews by the films' ids."""
    place = Window(RowNumber(), partition_by="film", order_by="-id")
    reviews = Review.objects.filter(film__in=ids).alias(place=place).filter(place__lte=first)
    return grouped(ids, [(review.film_id, review) for review in reviews.order_by("-id")])


@batch(fetched=lambda lists, loaders: announce(chain(*lists), loaders))
def newest_directed(ids: Sequence[int], first: int) -> Mapping[int, list[Film]]:
    """Return each person's newest ``first`` films by the people's ids."""
    place = Window(RowNumber(), partition_by="director", order_by=NEWEST)
    films = Film.objects.filter(director__in=ids).alias(place=place).filter(place__lte=first)
    return grouped(ids, [(row.director_id, row) for row in films.order_by(*NEWEST)])


def announce(rows: Iterable[Any], loaders: Loaders) -> None:
    """Announce what will probably be asked of these films and people. Costs no query."""
    rows = list(rows)
    films = [row for row in rows if isinstance(row, Film)]
    ids = [row.pk for row in films]
    for fetch in (casts, ratings, latest_reviews):
        loaders[fetch].expect(ids)
    loaders[studios].expect(row.studio_id for row in films)
    loaders[people].expect(row.director_id for row in films)
    loaders[newest_directed].expect(row.director_id for row in films)
    loaders[newest_directed].expect(row.pk for row in rows if isinstance(row, Person))


@film.field("studio")
def studio(row: Film, info: GraphQLResolveInfo) -> Studio:
    return info.context.loaders[studios].load(row.studio_id)


@film.field("director")
def director(row: Film, info: GraphQLResolveInfo) -> Person:
    return info.context.loaders[people].load(row.director_id)


@film.field("cast")
def cast(row: Film, info: GraphQLResolveInfo) -> list[Person]:
    return info.context.loaders[casts].load(row.pk)


@film.field("reviews")
def reviews(row: Film, info: GraphQLResolveInfo, first: int) -> list[Review]:
    return info.context.loaders[latest_reviews].load(row.pk, first)


@film.field("rating")
def rating(row: Film, info: GraphQLResolveInfo) -> float | None:
    return info.context.loaders[ratings].load(row.pk)


@person.field("directed")
def directed(row: Person, info: GraphQLResolveInfo, first: int) -> list[Film]:
    return info.context.loaders[newest_directed].load(row.pk, first)


# --8<-- [end:loaders]
def grouped(ids: Sequence[int], pairs: Sequence[tuple[int, Any]]) -> Mapping[int, list[Any]]:
    """Return the pairs' second by their first, and an empty list for an id without any."""
    found: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: found[key] for key in ids}


bindables: list[Any] = [
    query_of(Way(fetched=lambda rows, info: announce(rows, info.context.loaders))),
    film,
    person,
]
