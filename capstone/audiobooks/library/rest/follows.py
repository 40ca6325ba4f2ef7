"""Following people and series."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import principal_of, user_id_of
from audiobooks.accounts.limits import TOKEN
from audiobooks.catalog.rest.examples import shown_as
from audiobooks.catalog.rest.views import identifier
from audiobooks.catalog.rest.writes import valid
from audiobooks.library import selectors, services
from audiobooks.library.models import Follow
from lab_rest.pagination import KeysetPagination
from lab_rest.serializers import StrictSerializer

EXAMPLE_IN = {"person": "019b76da-a800-7e41-8c6f-1f0a6f3f7d10"}
EXAMPLE = {
    "id": "019b76da-a800-7e41-8c6f-1f0a6f3f7db0",
    "person": "019b76da-a800-7e41-8c6f-1f0a6f3f7d10",
    "series": None,
    "name": "Jane Austen",
    "created_at": "2026-01-02T09:10:00Z",
}


@shown_as(EXAMPLE_IN)
class FollowIn(StrictSerializer):
    """One of the two."""

    person = serializers.UUIDField(required=False)
    series = serializers.UUIDField(required=False)


@shown_as(EXAMPLE)
class FollowOut(serializers.Serializer[Follow]):
    """What you follow."""

    id = serializers.UUIDField()
    person = serializers.UUIDField(source="person_id", allow_null=True)
    series = serializers.UUIDField(source="series_id", allow_null=True)
    name = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_name(self, follow: Follow) -> str:
        """Return what it is called."""
        return str(follow.person or follow.series)


@extend_schema_view(
    get=extend_schema(
        tags=["library"],
        operation_id="follows_list",
        summary="List what you follow",
        description="One page, the newest first. Follow `next` for more.",
    ),
    post=extend_schema(
        tags=["library"],
        operation_id="follows_create",
        summary="Follow a person or a series",
        description="An e-mail tells you of each new recording, once it is ready. Following twice is following once.",
        request=FollowIn,
        responses={
            200: OpenApiResponse(FollowOut, description="You follow it already."),
            201: OpenApiResponse(FollowOut, description="You follow it now."),
        },
        extensions={
            "x-problems": {
                "404": "`person-unknown` or `series-unknown`: it does not exist, or you may not see it.",
                "409": "`too-many-follows`: 1,000 are the most.",
            }
        },
    ),
)
class Follows(generics.ListAPIView[Follow]):
    """GET me/follows/ → 200 a page of one's own · 401. POST → 201 · 200 · 400 · 401 · 404 · 409."""

    permission_classes = (IsAuthenticated,)
    pagination_class = KeysetPagination
    serializer_class = FollowOut
    orderings: ClassVar[dict[str, tuple[str, str]]] = {"-created_at": ("-created_at", "-id")}
    default_ordering = "-created_at"

    def get_queryset(self) -> Any:
        """Return the caller's follows."""
        if getattr(self, "swagger_fake_view", False):
            return Follow.objects.none()
        return selectors.follows_of(user_id_of(self.request))

    def post(self, request: Request) -> Response:
        """Follow."""
        asked = valid(FollowIn, request).validated_data
        follow, is_new = services.follow_begin(
            principal_of(request),
            user_id=user_id_of(request),
            person_id=asked.get("person"),
            series_id=asked.get("series"),
            now=timezone.now(),
        )
        return Response(FollowOut(follow).data, status=201 if is_new else 200)


class FollowOne(APIView):
    """DELETE me/follows/{id}/ → 204 · 401 · 404."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        tags=["library"],
        operation_id="follows_end",
        summary="Follow no longer",
        description="Letters that are on their way by then are not sent.",
        request=None,
        responses={204: OpenApiResponse(description="It is over.")},
        extensions={"x-problems": {"404": "`follow-unknown`: not among yours."}},
    )
    def delete(self, request: Request, id: str) -> Response:  # noqa: A002 — the address's word
        """End a follow."""
        services.follow_end(user_id=user_id_of(request), follow_id=identifier(id))
        return Response(status=204)


class FollowsStop(APIView):
    """POST follows/stop/{token}/ → 204 · 400 stop_token_refused. What a mail program's "unsubscribe" sends (RFC 8058)."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    limits = (TOKEN,)

    @extend_schema(
        tags=["library"],
        operation_id="follows_stop",
        summary="Be told no more",
        description="The address is in the List-Unsubscribe field of each announcement; a body is not looked at.",
        request=None,
        responses={204: OpenApiResponse(description="What the letter was for is followed no longer.")},
        extensions={"x-problems": {"400": "`stop-token-refused`: the address is not whole."}},
    )
    def post(self, _request: Request, token: str) -> Response:
        """End the follows that the letter was for."""
        services.follows_end_by_token(token=token)
        return Response(status=204)
