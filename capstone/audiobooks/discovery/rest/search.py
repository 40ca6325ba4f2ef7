"""Search, and what it suggests while somebody types."""

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from audiobooks.accounts.authentication import principal_of
from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.rest.caching import answered, told
from audiobooks.catalog.rest.dispatch import PlainReads
from audiobooks.catalog.rest.operations import IF_NONE_MATCH
from audiobooks.catalog.rest.shapes import AudiobookCard
from audiobooks.catalog.selectors import audiobooks_listed, audiobooks_visible_to
from audiobooks.discovery import selectors
from audiobooks.discovery.rest import filters, found, shapes
from lab_rest.pagination import KeysetPagination

MOST_SUGGESTIONS = 8
ASKED = OpenApiParameter(
    "q",
    {"type": "string", "minLength": 1, "maxLength": filters.LONGEST},
    OpenApiParameter.QUERY,
    required=True,
    description="Words in any order; the first 12 count. Case, accents and apostrophes do not.",
    examples=[OpenApiExample("Example", value="jane austin emma")],
)


@extend_schema_view(
    get=extend_schema(
        tags=["discovery"],
        operation_id="search_list",
        summary="Search recordings",
        description="By title, work, series, people, genre, publisher and summary, in this order of weight, in any language. "
        "Where nothing has all words, `closeness` says what the results have instead. One page; follow `next` for more. "
        "Ranked and counted are the first 10,000 that fit.",
        parameters=[ASKED, IF_NONE_MATCH],
        responses=shapes.SearchOut,
    )
)
class Search(PlainReads, generics.ListAPIView[Audiobook]):
    """GET search/?q= → 200 a page of recordings, the best first, with facets · 400."""

    permission_classes = (AllowAny,)
    pagination_class = KeysetPagination
    serializer_class = AudiobookCard
    filterset_class = filters.SearchFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = found.ORDERINGS
    default_ordering = "relevance"

    def get_queryset(self) -> Any:
        """Return what this caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return Audiobook.objects.none()
        return audiobooks_listed(principal_of(self.request))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Answer a page; 304 where the caller has it as it is. Never kept: there is no end of words (KEPT_PARAMETERS)."""
        return told(request, found.page(self))


@extend_schema_view(
    get=extend_schema(
        tags=["discovery"],
        operation_id="search_suggest",
        summary="Suggest what to search for",
        description="Titles, people and series that begin with what was typed, then those that are near it. At most 8.",
        parameters=[ASKED, IF_NONE_MATCH],
        responses=shapes.SuggestionsOut,
        filters=True,
    )
)
class Suggest(generics.GenericAPIView[Audiobook]):
    """GET search/suggest/?q= → 200 up to 8 titles, people and series · 400."""

    permission_classes = (AllowAny,)
    filterset_class = filters.SuggestFilter
    serializer_class = shapes.SuggestionsOut
    queryset = Audiobook.objects.none()

    def get(self, request: Request) -> HttpResponse:
        """Answer them; 304 where the caller has them."""
        return answered(request, "discovery.suggest", lambda: self.suggested(request))

    def suggested(self, request: Request) -> Response:
        """Return them."""
        principal = principal_of(request)
        self.filter_queryset(audiobooks_visible_to(principal).none())  # refuses what may not be asked
        asked = request.query_params["q"].strip()
        found = selectors.suggestions_for(principal, asked, limit=MOST_SUGGESTIONS)
        return Response(shapes.SuggestionsOut({"suggestions": found}).data)
