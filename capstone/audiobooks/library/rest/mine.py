"""A listener's library and shelves."""

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
from audiobooks.library.models import LibraryEntry, Shelf, ShelfItem
from audiobooks.library.rest import filters, shapes
from audiobooks.library.rest.operations import OwnList, deletes, lists, puts


@lists(
    "entries_list",
    "List your library",
    "What you want to hear, hear, have heard or gave up, newest change first.",
)
class Entries(OwnList):
    """GET me/library/ → 200 a page of one's own · 400 · 401."""

    permission_classes = (IsAuthenticated,)
    model = LibraryEntry
    serializer_class = shapes.EntryOut
    filterset_class = filters.EntryFilter
    orderings: ClassVar[dict[str, tuple[str, str]]] = {
        "-changed_at": ("-changed_at", "-id"),
        "title": ("audiobook__sort_title", "id"),
    }
    default_ordering = "-changed_at"

    def own(self) -> Any:
        """Return the caller's entries."""
        return selectors.entries_of(principal_of(self.request))


@puts(
    "put",
    "entries_put",
    "Have a recording in your library",
    shapes.EntryIn,
    shapes.EntryOut,
    problems={"409": "`library-full`."},
)
@deletes("entries_delete", "Take a recording out of your library", "entry-unknown")
class EntryOne(APIView):
    """PUT me/library/{audiobook}/ → 200 · 201 · 400 · 401 · 404 · 409 library_full. DELETE → 204 · 401 · 404."""

    permission_classes = (IsAuthenticated,)

    def put(self, request: Request, id: str) -> Response:  # noqa: A002 — the address's word
        """The id is the recording's. Playing one puts it there by itself, `in_progress`."""
        audiobook_id = identifier(id)
        entry, is_new = services.entry_put(
            principal=principal_of(request),
            user_id=user_id_of(request),
            audiobook_id=audiobook_id,
            state=valid(shapes.EntryIn, request).validated_data["state"],
            now=timezone.now(),
        )
        return Response(shapes.EntryOut(entry).data, status=201 if is_new else 200)

    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        """Where you were in it is kept."""
        services.entry_delete(user_id=user_id_of(request), audiobook_id=identifier(id), now=timezone.now())
        return Response(status=204)


@lists("shelves_list", "List your shelves", "Your own lists of recordings.")
class Shelves(OwnList):
    """GET me/shelves/ → 200 a page of one's own · 400 · 401."""

    permission_classes = (IsAuthenticated,)
    model = Shelf
    serializer_class = shapes.ShelfOut
    orderings: ClassVar[dict[str, tuple[str, str]]] = {
        "name": ("name", "id"),
        "-created_at": ("-created_at", "-id"),
    }
    default_ordering = "name"

    def own(self) -> Any:
        """Return the caller's shelves."""
        return selectors.shelves_of(user_id_of(self.request))


@puts(
    "put",
    "shelves_put",
    "Make or rename a shelf",
    shapes.ShelfIn,
    shapes.ShelfOut,
    problems={"409": "`too-many-shelves`: 100 are the most."},
)
@deletes("shelves_delete", "Delete a shelf", "shelf-unknown")
class ShelfOne(APIView):
    """PUT me/shelves/{id}/ → 200 · 201 · 400 · 401 · 404 · 409 too_many_shelves. DELETE → 204 · 401 · 404."""

    permission_classes = (IsAuthenticated,)

    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        """Your device makes a random id; sent twice, the request makes one shelf."""
        user_id, client_id = user_id_of(request), identifier(id)
        name = valid(shapes.ShelfIn, request).validated_data["name"]
        _, is_new = services.shelf_put(user_id=user_id, client_id=client_id, name=name, now=timezone.now())
        shelf = selectors.shelves_of(user_id).get(client_id=client_id)
        return Response(shapes.ShelfOut(shelf).data, status=201 if is_new else 200)

    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        """What stands on it leaves it, and stays in your library."""
        services.shelf_delete(user_id=user_id_of(request), client_id=identifier(id), now=timezone.now())
        return Response(status=204)


@lists("shelf_items_list", "List what stands on a shelf", "In the order you gave it.")
@puts(
    "post",
    "shelf_items_put",
    "Put a recording on a shelf, or move it there",
    shapes.ItemIn,
    shapes.ItemOut,
    problems={
        "400": "The input is wrong; or `neighbour-unknown`.",
        "409": "`shelf-full`: 1,000 recordings are the most.",
    },
)
class Items(OwnList):
    """GET me/shelves/{id}/items/ → 200 a page · 400 · 401 · 404. POST → 200 · 201 · 400 · 401 · 404 · 409 shelf_full."""

    permission_classes = (IsAuthenticated,)
    model = ShelfItem
    serializer_class = shapes.ItemOut
    orderings: ClassVar[dict[str, tuple[str, str]]] = {"rank": ("rank", "id")}
    default_ordering = "rank"

    def own(self) -> Any:
        """Return what stands on the caller's shelf."""
        shelf_id = identifier(self.kwargs["id"])
        return selectors.items_of(principal_of(self.request), user_id_of(self.request), shelf_id)

    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """A move changes one row, however long the shelf is. Sent twice, it is done once."""
        shelf_id = identifier(id)
        asked = valid(shapes.ItemIn, request).validated_data
        item, is_new = services.item_put(
            principal=principal_of(request),
            user_id=user_id_of(request),
            client_id=shelf_id,
            audiobook_id=asked["audiobook"],
            after_id=asked.get("after"),
            at_end="after" not in asked,
        )
        return Response(shapes.ItemOut(item).data, status=201 if is_new else 200)


@deletes("shelf_items_delete", "Take a recording off its shelf", "item-unknown")
class ItemOne(APIView):
    """DELETE me/shelf-items/{id}/ → 204 · 401 · 404."""

    permission_classes = (IsAuthenticated,)

    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        """It stays in your library."""
        services.item_remove(user_id=user_id_of(request), item_id=identifier(id), now=timezone.now())
        return Response(status=204)
