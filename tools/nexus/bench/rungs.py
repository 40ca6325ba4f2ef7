"""
The ladder: the same list by every way that Django offers, for ``ROOT_URLCONF=nexus.bench.rungs``; and empty answers.

Each rung is the capstone's own view, with its filters, limits and cursors, and another way from rows to JSON.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import principal_of
from audiobooks.catalog import selectors
from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.rest import cards, shapes, views
from audiobooks.catalog.rest.caching import Kept, told
from config import urls as ours
from lab_rest.pagination import KeysetPagination


class Rung(views.AudiobookList):
    """A list that no cache answers."""

    paginator: KeysetPagination

    def list(self, request: Request, *_args: Any, **_kwargs: Any) -> Any:
        """Answer a page."""
        page = self.paginator.paginate_queryset(self.filter_queryset(self.get_queryset()), request, self)
        return self.paginator.get_paginated_response(self.results(page))

    def results(self, page: Any) -> Any:
        """Return the rows of a page as JSON's types."""
        return shapes.AudiobookCard(page, many=True).data


class Naive(Rung):
    """A serializer that follows relations as it meets them: N + 1 queries."""

    read = staticmethod(selectors.audiobooks_visible_to)


class Serializers(Rung):
    """Serializers, written well: relations are fetched together, 4 queries."""

    read = staticmethod(selectors.audiobook_cards)


class ModelCard(serializers.ModelSerializer[Audiobook]):
    """The columns by ModelSerializer, the rest by the capstone's own serializers."""

    book = shapes.BookName()
    genres = shapes.GenreOut(many=True, source="book.genres")
    series = shapes.SeriesPlace(many=True, source="book.series_entries")
    credits = shapes.CreditOut(many=True)
    rating = shapes.RatingOut(source="rated")

    class Meta:
        model = Audiobook
        fields = ("id", "title", "subtitle", "language", "is_abridged", "released_on", "duration_ms", "access", "status",
                  "book", "credits", "genres", "series", "rating")  # fmt: skip


class ModelSerializers(Serializers):
    """ModelSerializer with prefetch: what a tutorial ends with."""

    def results(self, page: Any) -> Any:
        """Return them."""
        return ModelCard(page, many=True).data


class Dicts(Serializers):
    """Dictionaries made by hand of the same objects."""

    def results(self, page: Any) -> Any:
        """Return them."""
        return [dict_of(audiobook) for audiobook in page]


def dict_of(one: Audiobook) -> dict[str, Any]:
    """Return a recording as a list shows it."""
    people = {
        role: [{"id": c.person_id, "name": c.person.name} for c in one.credits.all() if c.role == role]
        for role in ("author", "narrator")
    }
    series = [
        {
            "id": e.series_id,
            "name": e.series.name,
            "sequence": f"{e.sequence.normalize():f}",
            "label": e.label,
        }
        for e in one.book.series_entries.all()
    ]
    names = (
        "id",
        "title",
        "subtitle",
        "language",
        "is_abridged",
        "released_on",
        "duration_ms",
        "access",
        "status",
    )
    return {name: getattr(one, name) for name in names} | {
        "book": {"id": one.book_id, "title": one.book.title},
        "authors": people["author"],
        "narrators": people["narrator"],
        "genres": [{"slug": g.slug, "name": g.name, "parent": g.parent_id} for g in one.book.genres.all()],
        "series": series,
        "cover": None,
        "rating": {
            name: getattr(one.rated, name)
            for name in ("count", "overall", "performance", "story", "histogram")
        },
    }


class OrmCards(views.AudiobookList):
    """The read model, by a query that the ORM writes anew for each request."""

    paginator: KeysetPagination

    def list(self, request: Request, *_args: Any, **_kwargs: Any) -> Any:
        """Answer a page."""
        rows = self.paginator.paginate_queryset(
            self.filter_queryset(self.get_queryset()).values("card"), request, self
        )
        return told(request, cards.kept_page(self.paginator, [row["card"] for row in rows]))


class Compiled(views.AudiobookList):
    """The read model, by a compiled statement: what the capstone answers, by Django. Its cache aside."""

    def list(self, request: Request, *_args: Any, **_kwargs: Any) -> Any:
        """Answer a page."""
        return told(request, cards.page(self))


class CompiledDetail(views.AudiobookDetail):
    """A recording's own page, by Django. Its cache aside."""

    def retrieve(self, request: Request, *_args: Any, **_kwargs: Any) -> Any:
        """Answer it."""
        found: Kept = cards.whole(principal_of(request), views.identifier(self.kwargs["id"]))
        return told(request, found)


class EmptyView(APIView):
    """What the framework costs: authentication, permission and limit, and nothing to answer."""

    permission_classes = (AllowAny,)

    def get(self, _request: Request) -> Response:
        """Answer nothing."""
        return Response({})


def empty(_request: HttpRequest) -> HttpResponse:
    """Answer nothing, through Django alone."""
    return HttpResponse(b"{}", content_type="application/json")


RUNGS: dict[str, type[views.AudiobookList]] = {
    "naive": Naive,
    "model-serializers": ModelSerializers,
    "serializers": Serializers,
    "dicts": Dicts,
    "orm-cards": OrmCards,
    "compiled": Compiled,
}
urlpatterns = [
    *(path(f"api/v1/rungs/{name}/", view.as_view()) for name, view in RUNGS.items()),
    path("api/v1/rungs/detail/<str:id>/", CompiledDetail.as_view()),
    path("api/v1/rungs/empty/", EmptyView.as_view()),
    path("api/v1/rungs/django/", empty),
    *ours.urlpatterns,
]
