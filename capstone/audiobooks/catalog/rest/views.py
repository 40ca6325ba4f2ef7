"""The catalogue's addresses. Each view names its selector, shape, filters and orderings; the classes above do the rest."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.permissions import AllowAny

from audiobooks.accounts.authentication import principal_of
from audiobooks.catalog import selectors
from audiobooks.catalog.models import Audiobook, Book, Chapter, Genre, Person, Publisher, Series, SeriesEntry
from audiobooks.catalog.rest import filters, shapes
from audiobooks.errors import NotFound
from lab_rest.pagination import KeysetPagination

BY_NAME = {"name": ("sort_name", "id"), "-name": ("-sort_name", "-id")}
BY_TITLE = {"title": ("sort_title", "id"), "-title": ("-sort_title", "-id")}


def operation(operation_id: str, summary: str) -> Callable[[type[Any]], type[Any]]:
    """Name and describe a view's GET in the OpenAPI document."""
    a_page = "One page. Follow `next`, or the Link header, until there is none; what is added meanwhile moves nothing."
    one_thing = "404 where it does not exist, and where the caller may not know that it does."
    description = a_page if operation_id.endswith("_list") else one_thing
    return extend_schema_view(
        get=extend_schema(
            tags=["catalog"], operation_id=operation_id, summary=summary, description=description
        )
    )


class CatalogView(generics.GenericAPIView[Any]):
    """Reads for everybody; what a caller may see is the selector's decision."""

    permission_classes = (AllowAny,)
    model: ClassVar[type[Model]]
    read: ClassVar[Callable[..., QuerySet[Any]]]

    def get_queryset(self) -> QuerySet[Any]:
        """Return what this caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return self.model._default_manager.none()
        return type(self).read(principal_of(self.request), *self.parent_ids())

    def parent_ids(self) -> list[UUID]:
        """Return the id in the address of a nested list."""
        return (
            [identifier(self.kwargs["id"])]
            if isinstance(self, generics.ListAPIView) and "id" in self.kwargs
            else []
        )


class CatalogList(CatalogView, generics.ListAPIView[Any]):
    """A list, one keyset page at a time."""

    pagination_class = KeysetPagination
    orderings: ClassVar[Mapping[str, tuple[str, ...]]]
    default_ordering: ClassVar[str]


class CatalogDetail(CatalogView, generics.RetrieveAPIView[Any]):
    """One thing. 404 where it does not exist or this caller may not see it."""

    lookup_field = "id"
    filter_backends = ()

    def get_object(self) -> Any:
        """Return it. Raises ``NotFound``."""
        found = self.get_queryset().filter(pk=identifier(self.kwargs["id"])).first()
        if found is None:
            name = self.model._meta.verbose_name
            raise NotFound(
                f"{name}_unknown", f"There is no {name} {self.kwargs['id']}, or you may not see it."
            )
        return found


def identifier(text: str) -> UUID:
    """Return an address's id. Raises ``NotFound`` for what cannot be one."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(
            "not_an_id", f"{text!r:.60} is not an id: ids are UUIDs, as lists answer them."
        ) from error


# --8<-- [start:audiobook-list]
@operation("audiobooks_list", "List recordings")
class AudiobookList(CatalogList):
    """GET audiobooks/ → 200 a page of recordings · 400."""

    model, read = Audiobook, staticmethod(selectors.audiobook_cards)
    serializer_class = shapes.AudiobookCard
    filterset_class = filters.AudiobookFilter
    orderings = BY_TITLE | {
        "released_on": ("released_on", "id"),
        "-released_on": ("-released_on", "-id"),
        "duration_ms": ("duration_ms", "id"),
        "-duration_ms": ("-duration_ms", "-id"),
    }
    default_ordering = "title"
    # --8<-- [end:audiobook-list]


@operation("audiobooks_get", "Get a recording")
class AudiobookDetail(CatalogDetail):
    """GET audiobooks/{id}/ → 200 the recording · 404."""

    model, read = Audiobook, staticmethod(selectors.audiobook_details)
    serializer_class = shapes.AudiobookOut


@operation("chapters_list", "List a recording's chapters")
class ChapterList(CatalogList):
    """GET audiobooks/{id}/chapters/ → 200 a page of chapters · 400 · 404."""

    model, read = Chapter, staticmethod(selectors.chapters_of)
    serializer_class = shapes.ChapterOut
    orderings = {"position": ("position", "id")}
    default_ordering = "position"


@operation("books_list", "List works")
class BookList(CatalogList):
    """GET books/ → 200 a page of works · 400."""

    model, read = Book, staticmethod(selectors.book_cards)
    serializer_class = shapes.BookOut
    filterset_class = filters.BookFilter
    orderings = BY_TITLE
    default_ordering = "title"


@operation("books_get", "Get a work")
class BookDetail(CatalogDetail):
    """GET books/{id}/ → 200 the work · 404."""

    model, read = Book, staticmethod(selectors.book_cards)
    serializer_class = shapes.BookOut


@operation("people_list", "List people")
class PersonList(CatalogList):
    """GET people/ → 200 a page of people · 400."""

    model, read = Person, staticmethod(selectors.people_credited)
    serializer_class = shapes.PersonOut
    filterset_class = filters.PersonFilter
    orderings = BY_NAME
    default_ordering = "name"


@operation("people_get", "Get a person")
class PersonDetail(CatalogDetail):
    """GET people/{id}/ → 200 the person · 404."""

    model, read = Person, staticmethod(selectors.people_credited)
    serializer_class = shapes.PersonOut


@operation("series_list", "List series")
class SeriesList(CatalogList):
    """GET series/ → 200 a page of series · 400."""

    model, read = Series, staticmethod(selectors.series_visible_to)
    serializer_class = shapes.SeriesOut
    filterset_class = filters.SeriesFilter
    orderings = BY_NAME
    default_ordering = "name"


@operation("series_get", "Get a series")
class SeriesDetail(CatalogDetail):
    """GET series/{id}/ → 200 the series · 404."""

    model, read = Series, staticmethod(selectors.series_visible_to)
    serializer_class = shapes.SeriesOut


@operation("series_books_list", "List a series' books, in order")
class SeriesBookList(CatalogList):
    """GET series/{id}/books/ → 200 a page of its books, in order · 400 · 404."""

    model, read = SeriesEntry, staticmethod(selectors.series_entries_of)
    serializer_class = shapes.SeriesBook
    orderings = {"sequence": ("sequence", "id"), "-sequence": ("-sequence", "-id")}
    default_ordering = "sequence"


@operation("genres_list", "List genres: a tree, flat")
class GenreList(CatalogList):
    """GET genres/ → 200 a page of genres · 400."""

    model, read = Genre, staticmethod(selectors.genres)
    serializer_class = shapes.GenreOut
    orderings = {"name": ("sort_name", "slug"), "-name": ("-sort_name", "-slug")}
    default_ordering = "name"


@operation("publishers_list", "List publishers")
class PublisherList(CatalogList):
    """GET publishers/ → 200 a page of publishers · 400."""

    model, read = Publisher, staticmethod(selectors.publishers)
    serializer_class = shapes.PublisherOut
    filterset_class = filters.PublisherFilter
    orderings = BY_NAME
    default_ordering = "name"
