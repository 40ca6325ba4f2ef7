"""Reading reviews. Each selector states what it costs."""

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet, Value

from audiobooks.catalog.selectors import audiobook_visible_to, audiobooks_visible_to
from audiobooks.errors import NotFound
from audiobooks.principal import Principal, Role
from audiobooks.reviews.models import COUNTS, NEEDS_STAFF, Decision, HelpfulVote, Report, Review

MOST_SHOWN = 20  # reports and decisions that come with one review


# --8<-- [start:visible]
def reviews_visible_to(principal: Principal) -> QuerySet[Review]:
    """Return the reviews that a caller may read: of what they may see; hidden ones only to their author and staff."""
    reviews = Review.objects.filter(audiobook__in=audiobooks_visible_to(principal))
    if principal.role == Role.STAFF:
        return reviews
    if principal.user_id is None:
        return reviews.filter(COUNTS)
    return reviews.filter(COUNTS | Q(user=principal.user_id))
    # --8<-- [end:visible]


def as_shown(reviews: QuerySet[Review], user_id: UUID | None) -> QuerySet[Any]:
    """Add what an answer shows: author, recording, and what the caller has to do with it. No further query."""
    voted = HelpfulVote.objects.filter(review=OuterRef("pk"), user=user_id)
    is_yours = ExpressionWrapper(Q(user=user_id), BooleanField()) if user_id else Value(False)
    return reviews.select_related("user", "audiobook").annotate(
        found_helpful=Exists(voted) if user_id else Value(False), is_yours=is_yours
    )


def reviews_of_audiobook(principal: Principal, audiobook_id: UUID) -> QuerySet[Any]:
    """Return what everybody may read of a visible recording. 2 queries at any length. Raises ``NotFound``."""
    audiobook = audiobook_visible_to(principal, audiobook_id)
    return as_shown(Review.objects.filter(COUNTS, audiobook=audiobook), principal.user_id)


def reviews_of(principal: Principal) -> QuerySet[Any]:
    """Return what a listener wrote, hidden or not, of what they may still see. 1 query at any length."""
    visible = audiobooks_visible_to(principal)
    mine = Review.objects.filter(user=principal.user_id, audiobook__in=visible)
    return as_shown(mine, principal.user_id)


def review_visible_to(principal: Principal, review_id: UUID) -> Any:
    """Return one review as it is shown. 1 query. Raises ``NotFound``."""
    review = as_shown(reviews_visible_to(principal), principal.user_id).filter(pk=review_id).first()
    if review is None:
        raise NotFound("review_unknown", f"There is no review {review_id}, or you may not see it.")
    return review


def reviews_for_staff() -> QuerySet[Any]:
    """Return all reviews with their first open reports and last decisions. 3 queries at any length."""
    opened = Report.objects.filter(settled_at=None).select_related("reporter").order_by("created_at")
    decided = Decision.objects.select_related("moderator").order_by("-decided_at")
    return Review.objects.select_related("user", "audiobook").prefetch_related(
        Prefetch("reports", opened[:MOST_SHOWN], to_attr="reports_shown"),
        Prefetch("decisions", decided[:MOST_SHOWN], to_attr="decisions_shown"),
    )


def review_queue() -> QuerySet[Any]:
    """Return what staff have a reason to look at: reported, or hidden. 3 queries at any length."""
    return reviews_for_staff().filter(NEEDS_STAFF)


def review_for_staff(review_id: UUID) -> Any:
    """Return one review as staff see it. 3 queries. Raises ``NotFound``."""
    review = reviews_for_staff().filter(pk=review_id).first()
    if review is None:
        raise NotFound("review_unknown", f"There is no review {review_id}.")
    return review
