"""What is a listener's own: positions, conflicts, changes, statistics."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import generics
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import principal_of, user_id_of
from audiobooks.catalog.rest.views import identifier
from audiobooks.catalog.rest.writes import valid
from audiobooks.playback import selectors, services
from audiobooks.playback.feed import changes_since
from audiobooks.playback.models import ListeningPosition, PositionConflict
from audiobooks.playback.rest import filters, shapes
from audiobooks.playback.rest.operations import GONE, listing, number_parameter, numbers_in, operation
from lab_rest.pagination import KeysetPagination


@listing("positions_list", "List your places", "Where you are in each recording, the one heard last first.")
class Positions(generics.ListAPIView[ListeningPosition]):
    """GET me/positions/ → 200 a page of one's own · 400 · 401."""

    permission_classes = (IsAuthenticated,)
    pagination_class = KeysetPagination
    serializer_class = shapes.PositionOut
    orderings: ClassVar[dict[str, tuple[str, str]]] = {"-heard_at": ("-heard_at", "-id")}
    default_ordering = "-heard_at"

    def get_queryset(self) -> Any:
        """Return the caller's places."""
        if getattr(self, "swagger_fake_view", False):
            return ListeningPosition.objects.none()
        return selectors.positions_of(principal_of(self.request))


@listing(
    "conflicts_list", "List your conflicts", "Where two of your devices went different ways, newest first."
)
class Conflicts(generics.ListAPIView[PositionConflict]):
    """GET me/conflicts/ → 200 a page of one's own · 400 · 401."""

    permission_classes = (IsAuthenticated,)
    pagination_class = KeysetPagination
    serializer_class = shapes.ConflictOut
    filterset_class = filters.ConflictFilter
    orderings: ClassVar[dict[str, tuple[str, str]]] = {"-found_at": ("-found_at", "-id")}
    default_ordering = "-found_at"

    def get_queryset(self) -> Any:
        """Return the caller's conflicts."""
        if getattr(self, "swagger_fake_view", False):
            return PositionConflict.objects.none()
        return selectors.conflicts_of(user_id_of(self.request))


@operation(
    "post",
    "conflicts_resolve",
    "Resolve a conflict",
    request=shapes.ResolveIn,
    response=shapes.ConflictOut,
    problems={"400": "The input is wrong; or `not-a-side`.", "409": "`conflict-settled`: undo that first."},
)
class ConflictResolve(APIView):
    """POST me/conflicts/{id}/resolve/ → 200 · 400 not_a_side · 401 · 404 · 409 conflict_settled."""

    permission_classes = (IsAuthenticated,)

    def post(self, request: Request, id: str) -> Response:  # noqa: A002 — the address's word
        """Go on where one of the two devices was. Nothing is lost: undo brings the choice back."""
        conflict_id = identifier(id)
        client_id = valid(shapes.ResolveIn, request).validated_data["device"]
        conflict = services.conflict_settle(
            user_id=user_id_of(request), conflict_id=conflict_id, client_id=client_id, now=timezone.now()
        )
        return Response(shapes.ConflictOut(conflict).data)


@operation(
    "post",
    "conflicts_undo",
    "Undo a resolution",
    response=shapes.ConflictOut,
    problems={"409": "`conflict-open`, or `conflict-newer`: the devices disagree anew."},
)
class ConflictUndo(APIView):
    """POST me/conflicts/{id}/undo/ → 200 · 401 · 404 · 409 conflict_open, conflict_newer."""

    permission_classes = (IsAuthenticated,)

    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """Open a settled conflict again, and go back to where you were before."""
        conflict = services.conflict_undo(
            user_id=user_id_of(request), conflict_id=identifier(id), now=timezone.now()
        )
        return Response(shapes.ConflictOut(conflict).data)


@operation("get", "conflicts_policy", "See what is done about conflicts", response=shapes.PolicyOut)
@operation(
    "put",
    "conflicts_policy_set",
    "Say what is to be done about conflicts",
    request=shapes.PolicyIn,
    response=shapes.PolicyOut,
    problems=GONE,
)
class ConflictPolicy(APIView):
    """GET me/conflicts/policy/ → 200 · 401. PUT → 200 · 400 · 401 · 404."""

    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        """`ask` leaves them open, `latest` and `furthest` settle them as they are found; each can be undone."""
        return Response({"on_conflict": selectors.policy_of(user_id_of(request))})

    def put(self, request: Request) -> Response:
        """Of the conflicts to come; those that are open stay open."""
        on_conflict = valid(shapes.PolicyIn, request).validated_data["on_conflict"]
        chosen = services.policy_set(user_id=user_id_of(request), on_conflict=on_conflict)
        return Response({"on_conflict": chosen})


FEED = [
    number_parameter(
        "since", "The `next` of the last answer; 0 asks for all.", default=0, least=0, most=2**53
    ),
    number_parameter("limit", "How many changes at most.", default=100, least=1, most=100),
]


@operation(
    "get",
    "changes_since",
    "See what changed",
    response=shapes.ChangesOut,
    parameters=FEED,
    problems={
        "400": "The input is wrong; or `since-unknown`.",
        "410": "`changes-forgotten`: deletions that old are forgotten; start over since 0.",
    },
)
class Changes(APIView):
    """GET me/changes/?since= → 200 · 400 · 401 · 410 changes_forgotten."""

    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        """
        What changed of yours since a revision, as it stands now, and what was deleted (for 90 days).

        A thing that changed twice is there once. Changes of one revision are never split, so a page may hold more than
        `limit` where one change touched many things.
        """
        asked = numbers_in(request, FEED)
        feed = changes_since(principal_of(request), asked["since"], limit=asked["limit"])
        return Response(shapes.ChangesOut(feed).data)


DAYS = [number_parameter("days", "How many days back, today included.", default=30, least=1, most=366)]


@operation("get", "stats", "See how much you heard", response=shapes.StatsOut, parameters=DAYS)
class Stats(APIView):
    """GET me/stats/ → 200 · 400 · 401."""

    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        """Time of the recordings, never more than can have been heard: at most four times what passed, and 30 s."""
        days = numbers_in(request, DAYS)["days"]
        user_id = user_id_of(request)
        listened = selectors.listened_by_day(user_id, today=timezone.now().date(), days=days)
        stats = {
            "heard_ms": selectors.heard_ms_of(user_id),
            "days": [{"day": day, "listened_ms": listened_ms} for day, listened_ms in listened],
        }
        return Response(shapes.StatsOut(stats).data)
