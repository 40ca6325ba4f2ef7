"""The home page."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import principal_of, user_id_of
from audiobooks.catalog.rest.caching import kept_of, told
from audiobooks.catalog.rest.operations import IF_NONE_MATCH
from audiobooks.discovery.home import home_of
from audiobooks.discovery.rest import shapes


class Home(APIView):
    """GET me/home/ → 200 three shelves, each with why · 304 · 401."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        tags=["discovery"],
        operation_id="home",
        summary="See what to hear next",
        description="Three shelves, always in this order, of at most 12 recordings that you may hear: `continue_listening`, "
        "the last heard first; `next_in_series`, in the language you heard the last one in; `new_from_followed`, the newest "
        "first, without those you have.",
        parameters=[IF_NONE_MATCH],
        responses=shapes.HomeOut,
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer it; 304 where the caller has it as it is."""
        shelves = home_of(principal_of(request), user_id_of(request))
        return told(request, kept_of(Response(shapes.HomeOut({"shelves": shelves}).data)))
