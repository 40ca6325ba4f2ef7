"""Bookmarks and clips."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import principal_of, user_id_of
from audiobooks.catalog.rest.views import identifier
from audiobooks.catalog.rest.writes import valid
from audiobooks.library import selectors, services
from audiobooks.library.models import Bookmark
from audiobooks.library.rest import filters, shapes
from audiobooks.library.rest.operations import OwnList, deletes, lists, puts


@lists("bookmarks_list", "List your bookmarks and clips", "In one recording, or in all.")
class Bookmarks(OwnList):
    """GET me/bookmarks/ → 200 a page of one's own · 400 · 401."""

    permission_classes = (IsAuthenticated,)
    model = Bookmark
    serializer_class = shapes.BookmarkOut
    filterset_class = filters.BookmarkFilter
    orderings: ClassVar[dict[str, tuple[str, str]]] = {
        "-created_at": ("-created_at", "-id"),
        "start_ms": ("start_ms", "id"),
    }
    default_ordering = "-created_at"

    def own(self) -> Any:
        """Return the caller's bookmarks."""
        return selectors.bookmarks_of(principal_of(self.request))


@puts(
    "put",
    "bookmarks_put",
    "Have a bookmark or clip",
    shapes.BookmarkIn,
    shapes.BookmarkOut,
    problems={
        "400": "The input is wrong; or `beyond-the-end`, `clip-length`.",
        "409": "`too-many-bookmarks`: 10,000 are the most.",
    },
)
@deletes("bookmarks_delete", "Delete a bookmark", "bookmark-unknown")
class BookmarkOne(APIView):
    """PUT me/bookmarks/{id}/ → 200 · 201 · 400 · 401 · 404 · 409 too_many_bookmarks. DELETE → 204 · 401 · 404."""

    permission_classes = (IsAuthenticated,)

    def put(self, request: Request, id: str) -> Response:  # noqa: A002 — the address's word
        """Your device makes a random id, online or off; sent twice, the request makes one bookmark."""
        client_id = identifier(id)
        bookmark, is_new = services.bookmark_put(
            principal=principal_of(request),
            user_id=user_id_of(request),
            client_id=client_id,
            details=valid(shapes.BookmarkIn, request).details,
            now=timezone.now(),
        )
        return Response(shapes.BookmarkOut(bookmark).data, status=201 if is_new else 200)

    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        """Delete one of your own."""
        services.bookmark_delete(user_id=user_id_of(request), client_id=identifier(id), now=timezone.now())
        return Response(status=204)
