"""The catalogue's addresses. Each view names its selector, shape, filters and orderings; the classes above do the rest."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from audiobooks.accounts.authentication import principal_of
from audiobooks.accounts.permissions import ReadForAllWriteForCurators
from audiobooks.catalog import selectors
from audiobooks.catalog.models import Audiobook, Book, Chapter, Genre, Person, Publisher, Series, SeriesEntry
from audiobooks.catalog.rest import cards, filters, shapes
from audiobooks.catalog.rest.caching import answered
from audiobooks.catalog.rest.dispatch import PlainReads
from audiobooks.catalog.rest.etags import etag_for
from audiobooks.catalog.rest.operations import reads
from audiobooks.errors import NotFound
from lab_rest.pagination import KeysetPagination

BY_NAME = {"name": ("sort_name", "id"), "-name": ("-sort_name", "-id")}
BY_TITLE = {"title": ("sort_title", "id"), "-title": ("-sort_title", "-id")}


class CatalogView(PlainReads):
    """Reads for everybody, changes (``writes.py``) for curators; what a caller may see is the selector's decision."""

    permission_classes = (ReadForAllWriteForCurators,)
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

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Answer a page; 304 where the caller has it as it is."""
        name = f"catalog.{self.model._meta.model_name}.list"
        return answered(request, name, lambda: super(CatalogList, self).list(request, *args, **kwargs))


class CatalogDetail(CatalogView, generics.RetrieveAPIView[Any]):
    """One thing, with its ETag. 404 where it does not exist or this caller may not see it."""

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

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Answer it; 304 where the caller has this version."""
        return answered(request, f"catalog.{self.model._meta.model_name}.detail", self.whole)

    def whole(self) -> Response:
        """Return it, with the ETag of its version where it has one."""
        found = self.get_object()
        headers = {"ETag": etag_for(found)} if hasattr(found, "version") else None
        return Response(self.get_serializer(found).data, headers=headers)


def identifier(text: str) -> UUID:
    """Return an address's id. Raises ``NotFound`` for what cannot be one."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(
            "not_an_id", f"{text!r:.60} is not an id: ids are UUIDs, as lists answer them."
        ) from error


# --8<-- [start:audiobook-list]
@reads("audiobooks_list", "List recordings")
class AudiobookList(CatalogList):
    """GET audiobooks/ → 200 a page of recordings · 400."""

    model, read = Audiobook, staticmethod(selectors.audiobooks_listed)
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

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Answer a page, of the JSON that the database keeps."""
        return answered(request, cards.LIST, lambda: cards.page(self))


@reads("audiobooks_get", "Get a recording")
class AudiobookDetail(CatalogDetail):
    """GET audiobooks/{id}/ → 200 the recording · 404."""

    model, read = Audiobook, staticmethod(selectors.audiobook_details)
    serializer_class = shapes.AudiobookOut

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Answer it, as the JSON that the database keeps."""
        audiobook_id = identifier(self.kwargs["id"])
        make = partial(cards.whole, principal_of(request), audiobook_id)
        return answered(request, cards.ONE, make)


@reads("chapters_list", "List a recording's chapters")
class ChapterList(CatalogList):
    """GET audiobooks/{id}/chapters/ → 200 a page of chapters · 400 · 404."""

    model, read = Chapter, staticmethod(selectors.chapters_of)
    serializer_class = shapes.ChapterOut
    orderings = {"position": ("position", "id")}
    default_ordering = "position"


@reads("books_list", "List works")
class BookList(CatalogList):
    """GET books/ → 200 a page of works · 400."""

    model, read = Book, staticmethod(selectors.book_cards)
    serializer_class = shapes.BookOut
    filterset_class = filters.BookFilter
    orderings = BY_TITLE
    default_ordering = "title"


@reads("books_get", "Get a work")
class BookDetail(CatalogDetail):
    """GET books/{id}/ → 200 the work · 404."""

    model, read = Book, staticmethod(selectors.book_cards)
    serializer_class = shapes.BookOut


@reads("people_list", "List people")
class PersonList(CatalogList):
    """GET people/ → 200 a page of people · 400."""

    model, read = Person, staticmethod(selectors.people_credited)
    serializer_class = shapes.PersonOut
    filterset_class = filters.PersonFilter
    orderings = BY_NAME
    default_ordering = "name"


@reads("people_get", "Get a person", moves=True)
class PersonDetail(CatalogDetail):
    """GET people/{id}/ → 200 the person · 308 where they were merged into another · 404."""

    model, read = Person, staticmethod(selectors.people_credited)
    serializer_class = shapes.PersonOut

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Answer them, or where they went."""
        person_id = identifier(self.kwargs["id"])
        try:
            return super().retrieve(request, *args, **kwargs)
        except NotFound:
            moved_to = selectors.person_merged_into(person_id)
            if moved_to is None:
                raise
        return HttpResponse(status=308, headers={"Location": reverse("v1:person", args=[moved_to])})


@reads("series_list", "List series")
class SeriesList(CatalogList):
    """GET series/ → 200 a page of series · 400."""

    model, read = Series, staticmethod(selectors.series_visible_to)
    serializer_class = shapes.SeriesOut
    filterset_class = filters.SeriesFilter
    orderings = BY_NAME
    default_ordering = "name"


@reads("series_get", "Get a series")
class SeriesDetail(CatalogDetail):
    """GET series/{id}/ → 200 the series · 404."""

    model, read = Series, staticmethod(selectors.series_visible_to)
    serializer_class = shapes.SeriesOut


@reads("series_books_list", "List a series' books, in order")
class SeriesBookList(CatalogList):
    """GET series/{id}/books/ → 200 a page of its books, in order · 400 · 404."""

    model, read = SeriesEntry, staticmethod(selectors.series_entries_of)
    serializer_class = shapes.SeriesBook
    orderings = {"sequence": ("sequence", "id"), "-sequence": ("-sequence", "-id")}
    default_ordering = "sequence"


@reads("genres_list", "List genres: a tree, flat")
class GenreList(CatalogList):
    """GET genres/ → 200 a page of genres · 400."""

    model, read = Genre, staticmethod(selectors.genres)
    serializer_class = shapes.GenreOut
    orderings = {"name": ("sort_name", "slug"), "-name": ("-sort_name", "-slug")}
    default_ordering = "name"


@reads("publishers_list", "List publishers")
class PublisherList(CatalogList):
    """GET publishers/ → 200 a page of publishers · 400."""

    model, read = Publisher, staticmethod(selectors.publishers)
    serializer_class = shapes.PublisherOut
    filterset_class = filters.PublisherFilter
    orderings = BY_NAME
    default_ordering = "name"
