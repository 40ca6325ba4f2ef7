"""
The catalogue's graph by strawberry-django, as its documentation advises: its optimizer, prefetched lists, a cursor connection.

``ROOT_URLCONF=nexus.bench.graph_strawberry`` serves it at ``peers/strawberry/``, beside the naive one.
"""

from dataclasses import dataclass
from typing import Any

import strawberry
import strawberry_django
from django.db.models import Prefetch, QuerySet
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from strawberry import auto
from strawberry.django.views import GraphQLView
from strawberry.schema.config import StrawberryConfig
from strawberry_django.optimizer import DjangoOptimizerExtension
from strawberry_django.relay import DjangoCursorConnection

from audiobooks.catalog import models
from audiobooks.catalog.covers import cover_addresses
from nexus.bench import graph_naive

STARS = [f"overall_{number}" for number in range(1, 6)]
strawberry.enum(models.Audiobook.Access)
strawberry.enum(models.Audiobook.Status)


def credited(role: str) -> Prefetch[str]:
    """Return what fetches the credits of one role, with their people, for all rows at once."""
    found = models.Credit.objects.filter(role=role).select_related("person")
    return Prefetch("credits", found, to_attr=f"{role}_credits")


@strawberry_django.type(models.Person)
class Person:
    """A person."""

    id: auto
    name: auto


@strawberry_django.type(models.Genre)
class Genre:
    """A genre."""

    slug: auto
    name: auto
    parent: str | None = strawberry_django.field(field_name="parent_id", only=["parent_id"])


@strawberry_django.type(models.Series)
class Series:
    """A series."""

    id: auto
    name: auto


@strawberry_django.type(models.SeriesEntry)
class SeriesPlace:
    """A place in a series."""

    label: auto
    series: Series

    @strawberry_django.field(only=["sequence"])
    def sequence(self: Any) -> str:
        """Return the number without zeros at its end."""
        return f"{self.sequence.normalize():f}"


@strawberry_django.type(models.Book)
class Book:
    """A work."""

    id: auto
    title: auto
    genres: list[Genre]
    series_entries: list[SeriesPlace]


@strawberry.type
@dataclass
class CoverImage:
    """A cover's picture of one size."""

    width_px: int
    url: str


@strawberry_django.type(models.Cover)
class Cover:
    """A cover."""

    sha256: auto
    description: auto

    @strawberry_django.field(only=["sha256"])
    def images(self) -> list[CoverImage]:
        """Return its sizes."""
        return [
            CoverImage(width_px=int(width), url=url) for width, url in cover_addresses(self.sha256).items()
        ]


@strawberry_django.type(models.Rating)
class Rating:
    """What listeners think."""

    count: int = strawberry_django.field(only=STARS)
    overall: float | None = strawberry_django.field(only=STARS)
    performance: float | None = strawberry_django.field(only=[*STARS, "performance_sum"])
    story: float | None = strawberry_django.field(only=[*STARS, "story_sum"])
    histogram: list[int] = strawberry_django.field(only=STARS)


@strawberry_django.type(models.Audiobook)
class Audiobook:
    """A recording."""

    id: auto
    title: auto
    subtitle: auto
    language: auto
    is_abridged: auto
    released_on: auto
    duration_ms: auto
    access: models.Audiobook.Access
    status: models.Audiobook.Status
    book: Book
    cover: Cover | None

    @strawberry_django.field(prefetch_related=[lambda _info: credited("author")])
    def authors(self: Any) -> list[Person]:
        """Return the authors."""
        return [credit.person for credit in self.author_credits]

    @strawberry_django.field(prefetch_related=[lambda _info: credited("narrator")])
    def narrators(self: Any) -> list[Person]:
        """Return the narrators."""
        return [credit.person for credit in self.narrator_credits]

    @strawberry_django.field(prefetch_related=["book__genres"])
    def genres(self: Any) -> list[Genre]:
        """Return the work's genres."""
        return list(self.book.genres.all())

    @strawberry_django.field(prefetch_related=["book__series_entries__series"])
    def series(self: Any) -> list[SeriesPlace]:
        """Return the work's places in series."""
        return list(self.book.series_entries.all())

    @strawberry_django.field(select_related=["rating"])
    def rating(self: Any) -> Rating:
        """Return what listeners think."""
        found: Rating = self.rated
        return found


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry_django.connection(DjangoCursorConnection[Audiobook])
    def audiobooks(self) -> QuerySet[models.Audiobook]:
        """Return the recordings that everybody may see."""
        return models.Audiobook.objects.filter(status="ready", access="open").order_by("sort_title", "id")


schema = strawberry.Schema(
    Query, extensions=[DjangoOptimizerExtension], config=StrawberryConfig(relay_max_results=100)
)
view = csrf_exempt(GraphQLView.as_view(schema=schema, graphql_ide=None))
urlpatterns = [path("peers/strawberry/", view), *graph_naive.urlpatterns]
