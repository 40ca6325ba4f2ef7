"""Reviews: read by everybody, written by who may hear, changed by their author."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse
from rest_framework import generics
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import principal_of, user_id_of
from audiobooks.accounts.permissions import ReadForAllWriteForMembers
from audiobooks.catalog.rest.etags import etag_for, seen_by
from audiobooks.catalog.rest.operations import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH
from audiobooks.catalog.rest.views import identifier
from audiobooks.catalog.rest.writes import valid
from audiobooks.library.rest.operations import OwnList
from audiobooks.reviews import selectors, services
from audiobooks.reviews.models import Review
from audiobooks.reviews.rest import filters, shapes
from audiobooks.reviews.rest.operations import OWN, UNKNOWN, listing, operation
from lab_rest.conditional import not_modified
from lab_rest.idempotency import idempotent
from lab_rest.pagination import KeysetPagination

NOT_YOURS = {"403": "`not-your-review`.", "404": f"{UNKNOWN}; or `account-gone`."}


def answer(request: Request, review: Any, *, status: int = 200) -> Response:
    """Answer a review as it now stands, with its ETag."""
    data = shapes.ReviewOut(review).data
    headers = {"ETag": etag_for(review, *data.values())}
    if status == 201:
        headers["Location"] = reverse("v1:review", args=[review.pk])
    return Response(data, status=status, headers=headers)


@listing("reviews_list", "List a recording's reviews", "What listeners say, what helped most first.")
@operation(
    "post",
    "reviews_create",
    "Review a recording",
    request=shapes.ReviewIn,
    responses={201: shapes.ReviewOut},
    header=IDEMPOTENCY_KEY,
    problems={
        "403": "`grant-required`: you may see it, but not hear it.",
        "404": "It does not exist, or you may not see it; or `account-gone`.",
        "409": "`review-exists`: yours is in me/reviews/; or the first request with this key is still running.",
    },
)
class Reviews(generics.ListAPIView[Review]):
    """GET audiobooks/{id}/reviews/ → 200 a page · 400 · 404. POST → 201 · 400 · 401 · 403 · 404 · 409 · 422."""

    permission_classes = (ReadForAllWriteForMembers,)
    pagination_class = KeysetPagination
    serializer_class = shapes.ReviewOut
    filterset_class = filters.ReviewFilter
    orderings: ClassVar[dict[str, tuple[str, str]]] = {
        "-helpful": ("-helpful_count", "-id"),
        "-created_at": ("-created_at", "-id"),
        "-overall": ("-overall", "-id"),
        "overall": ("overall", "id"),
    }
    default_ordering = "-helpful"

    def get_queryset(self) -> Any:
        """Return what everybody may read."""
        if getattr(self, "swagger_fake_view", False):
            return Review.objects.none()
        return selectors.reviews_of_audiobook(principal_of(self.request), identifier(self.kwargs["id"]))

    @idempotent(required=True)
    def post(self, request: Request, id: str) -> Response:  # noqa: A002 — the address's word
        """One of each listener. Stars on three axes: the whole, the reading, the work; words if you like."""
        audiobook_id, given = identifier(id), valid(shapes.ReviewIn, request)
        review = services.review_create(
            principal=principal_of(request),
            user_id=user_id_of(request),
            audiobook_id=audiobook_id,
            stars=given.stars,
            text=given.validated_data.get("text", ""),
            is_spoiler=given.validated_data.get("is_spoiler", False),
            now=timezone.now(),
        )
        return answer(request, selectors.review_visible_to(principal_of(request), review.pk), status=201)


@operation("get", "reviews_get", "Get a review", responses=shapes.ReviewOut, header=IF_NONE_MATCH)
@operation(
    "patch",
    "reviews_change",
    "Change your review",
    request=shapes.ReviewChangeIn,
    responses=shapes.ReviewOut,
    header=IF_MATCH,
    problems=NOT_YOURS,
)
@operation(
    "delete",
    "reviews_delete",
    "Delete your review",
    responses={204: OpenApiResponse(description="It is gone, and counts no longer.")},
    problems=NOT_YOURS,
)
class ReviewOne(APIView):
    """GET reviews/{id}/ → 200 · 304 · 404. PATCH → 200 · 400 · 401 · 403 · 404 · 412 · 428. DELETE → 204 · 401 · 403 · 404."""

    permission_classes = (ReadForAllWriteForMembers,)

    def get(self, request: Request, id: str) -> Any:  # noqa: A002
        """A hidden one is its author's and staff's to see."""
        found = answer(request, selectors.review_visible_to(principal_of(request), identifier(id)))
        return not_modified(request, found["ETag"]) or found

    def patch(self, request: Request, id: str) -> Response:  # noqa: A002
        """Of a hidden review staff see that it changed."""
        review_id, seen = identifier(id), seen_by(request)
        services.review_change(
            principal=principal_of(request),
            user_id=user_id_of(request),
            review_id=review_id,
            change=valid(shapes.ReviewChangeIn, request).change,
            precondition=seen,
            now=timezone.now(),
        )
        return answer(request, selectors.review_visible_to(principal_of(request), review_id))

    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        """With it go the votes and reports it got. You may write another."""
        services.review_delete(
            principal=principal_of(request),
            user_id=user_id_of(request),
            review_id=identifier(id),
            now=timezone.now(),
        )
        return Response(status=204)


@operation(
    "put",
    "reviews_vote",
    "Say that a review helped",
    responses={
        200: OpenApiResponse(shapes.ReviewOut, description="You had said so."),
        201: OpenApiResponse(shapes.ReviewOut, description="You say so now."),
    },
    problems=OWN,
)
@operation(
    "delete",
    "reviews_vote_take_back",
    "Take that back",
    responses={204: OpenApiResponse(description="It counts no longer.")},
    problems={"404": f"{UNKNOWN}; or `vote-unknown`."},
)
class ReviewVote(APIView):
    """PUT reviews/{id}/vote/ → 200 · 201 · 401 · 403 own_review · 404. DELETE → 204 · 401 · 404."""

    permission_classes = (IsAuthenticated,)

    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        """Not of your own. Said twice, it counts once."""
        review_id, principal = identifier(id), principal_of(request)
        is_new = services.vote_put(
            principal=principal, user_id=user_id_of(request), review_id=review_id, now=timezone.now()
        )
        review = selectors.review_visible_to(principal, review_id)
        return Response(shapes.ReviewOut(review).data, status=201 if is_new else 200)

    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        """As if you had never said so."""
        services.vote_remove(
            principal=principal_of(request), user_id=user_id_of(request), review_id=identifier(id)
        )
        return Response(status=204)


@operation(
    "put",
    "reviews_report",
    "Report a review to staff",
    request=shapes.ReportIn,
    responses={
        200: OpenApiResponse(
            shapes.ReportOut, description="You had reported it; staff see what you say now."
        ),
        201: OpenApiResponse(shapes.ReportOut, description="Staff will look."),
    },
    problems=OWN,
)
class ReviewReport(APIView):
    """PUT reviews/{id}/report/ → 200 · 201 · 400 · 401 · 403 own_review · 404."""

    permission_classes = (IsAuthenticated,)

    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        """The author is not told. What staff have decided of stays so until the author changes the review."""
        review_id, given = identifier(id), valid(shapes.ReportIn, request).validated_data
        report, is_new = services.report_put(
            principal=principal_of(request),
            user_id=user_id_of(request),
            review_id=review_id,
            reason=given["reason"],
            note=given.get("note", ""),
            now=timezone.now(),
        )
        return Response(shapes.ReportOut(report).data, status=201 if is_new else 200)


@listing("own_reviews_list", "List your reviews", "Hidden ones too, with the reason.")
class OwnReviews(OwnList):
    """GET me/reviews/ → 200 a page of one's own · 400 · 401."""

    permission_classes = (IsAuthenticated,)
    model = Review
    serializer_class = shapes.ReviewOut
    filterset_class = filters.OwnReviewFilter
    orderings: ClassVar[dict[str, tuple[str, str]]] = {"-created_at": ("-created_at", "-id")}
    default_ordering = "-created_at"

    def own(self) -> Any:
        """Return the caller's reviews."""
        return selectors.reviews_of(principal_of(self.request))
