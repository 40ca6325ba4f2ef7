"""The queue of staff, and what they decide."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import user_id_of
from audiobooks.accounts.permissions import IsStaff
from audiobooks.catalog.rest.etags import etag_for, seen_by
from audiobooks.catalog.rest.operations import IF_NONE_MATCH
from audiobooks.catalog.rest.views import identifier
from audiobooks.catalog.rest.writes import valid
from audiobooks.reviews import selectors, services
from audiobooks.reviews.models import Review
from audiobooks.reviews.rest import filters, shapes
from audiobooks.reviews.rest.operations import ONLY_STAFF, decides, listing, operation
from lab_rest.conditional import not_modified
from lab_rest.pagination import KeysetPagination


def answer(review_id: UUID) -> Response:
    """Answer a review as staff see it, with its ETag."""
    review = selectors.review_for_staff(review_id)
    data = shapes.StaffReviewOut(review).data
    return Response(data, headers={"ETag": etag_for(review, *data.values())})


@listing(
    "staff_reviews_list",
    "List reviews to look at",
    "For staff: what is reported or hidden, what waits longest first.",
    for_staff=True,
)
class ReviewQueue(generics.ListAPIView[Review]):
    """GET staff/reviews/ → 200 a page · 400 · 401 · 403."""

    permission_classes = (IsStaff,)
    pagination_class = KeysetPagination
    serializer_class = shapes.StaffReviewOut
    filterset_class = filters.StaffReviewFilter
    orderings: ClassVar[dict[str, tuple[str, str]]] = {
        "queued_at": ("queued_at", "id"),
        "-queued_at": ("-queued_at", "-id"),
    }
    default_ordering = "queued_at"

    def get_queryset(self) -> Any:
        """Return what there is a reason to look at."""
        return (
            Review.objects.none() if getattr(self, "swagger_fake_view", False) else selectors.review_queue()
        )


@operation(
    "get",
    "staff_reviews_get",
    "Get any review",
    responses=shapes.StaffReviewOut,
    header=IF_NONE_MATCH,
    problems=ONLY_STAFF,
    tag="moderation",
)
class StaffReview(APIView):
    """GET staff/reviews/{id}/ → 200 · 304 · 401 · 403 · 404."""

    permission_classes = (IsStaff,)

    def get(self, request: Request, id: str) -> Any:  # noqa: A002 — the address's word
        """With who reported it, and what was decided before."""
        found = answer(identifier(id))
        return not_modified(request, found["ETag"]) or found


@decides("staff_reviews_hide", "Hide a review", shapes.HideIn, shapes.StaffReviewOut, "already-hidden")
class ReviewHide(APIView):
    """POST staff/reviews/{id}/hide/ → 200 · 400 · 401 · 403 · 404 · 409 already_hidden · 412 · 428."""

    permission_classes = (IsStaff,)

    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """It leaves the rating, its reports are settled, and a letter tells its author why."""
        review_id, seen = identifier(id), seen_by(request)
        given = valid(shapes.HideIn, request).validated_data
        services.review_hide(
            review_id=review_id,
            moderator_id=user_id_of(request),
            reason=given["reason"],
            note=given.get("note", ""),
            precondition=seen,
            now=timezone.now(),
        )
        return answer(review_id)


class Lenient(APIView):
    """A decision for the review, with a note."""

    permission_classes = (IsStaff,)
    service: ClassVar[Any]

    def decided(self, request: Request, review_id: UUID) -> Response:
        """Have it decided, and answer the review."""
        seen = seen_by(request)
        note = valid(shapes.NoteIn, request).validated_data.get("note", "")
        type(self).service(
            review_id=review_id,
            moderator_id=user_id_of(request),
            note=note,
            precondition=seen,
            now=timezone.now(),
        )
        return answer(review_id)


@decides("staff_reviews_restore", "Show a review again", shapes.NoteIn, shapes.StaffReviewOut, "not-hidden")
class ReviewRestore(Lenient):
    """POST staff/reviews/{id}/restore/ → 200 · 400 · 401 · 403 · 404 · 409 not_hidden · 412 · 428."""

    service = staticmethod(services.review_restore)

    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """It counts towards the rating again, and a letter tells its author."""
        return self.decided(request, identifier(id))


@decides("staff_reviews_dismiss", "Dismiss reports", shapes.NoteIn, shapes.StaffReviewOut, "no-open-reports")
class ReportsDismiss(Lenient):
    """POST staff/reviews/{id}/dismiss/ → 200 · 400 · 401 · 403 · 404 · 409 no_open_reports · 412 · 428."""

    service = staticmethod(services.reports_dismiss)

    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """The review stays as it is, and who reported it is heard again once its author changes it."""
        return self.decided(request, identifier(id))
