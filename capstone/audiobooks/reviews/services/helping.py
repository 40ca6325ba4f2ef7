"""What readers do with a review of somebody else: say that it helped, or report it. Once each, however often they ask."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from audiobooks.accounts.selectors import user_behind
from audiobooks.errors import NotAllowed, NotFound
from audiobooks.principal import Principal
from audiobooks.reviews.models import HelpfulVote, Report, Review
from audiobooks.reviews.selectors import review_visible_to


# --8<-- [start:vote]
def vote_put(*, principal: Principal, user_id: UUID, review_id: UUID, now: datetime) -> bool:
    """
    Say that a review helped, and return whether it was not said before.

    Raises ``NotFound``, ``NotAllowed("own_review")``.
    """
    _somebody_elses(principal, user_id, review_id)
    with transaction.atomic():
        review = _locked(review_id)
        if HelpfulVote.objects.filter(review=review, user=user_id).exists():
            return False
        HelpfulVote.objects.create(review=review, user_id=user_id, created_at=now)
        review.helpful_count += 1
        review.save(update_fields=["helpful_count"])
    return True


# --8<-- [end:vote]


def vote_remove(*, principal: Principal, user_id: UUID, review_id: UUID) -> None:
    """Take it back. Raises ``NotFound``."""
    review_visible_to(principal, review_id)
    with transaction.atomic():
        review = _locked(review_id)
        if not HelpfulVote.objects.filter(review=review, user=user_id).delete()[0]:
            raise NotFound("vote_unknown", "You have not said that this review helped.")
        review.helpful_count -= 1
        review.save(update_fields=["helpful_count"])


def report_put(
    *, principal: Principal, user_id: UUID, review_id: UUID, reason: str, note: str, now: datetime
) -> tuple[Report, bool]:
    """
    Report a review to staff; return the report, and whether it is new. ``note`` is plain text already.

    What staff have decided of stays decided for this reporter until the author changes the review. Raises ``NotFound``,
    ``NotAllowed("own_review")``.
    """
    _somebody_elses(principal, user_id, review_id)
    with transaction.atomic():
        review = _locked(review_id)
        report = Report.objects.filter(review=review, reporter=user_id).first()
        is_new = report is None
        if report is None:
            report = Report(review=review, reporter_id=user_id, settled_at=now)
        if report.settled_at and report.review_version == review.version:
            return report, False
        if report.settled_at:
            report.created_at, report.settled_at = now, None
            if review.open_reports == 0 and review.hidden_at is None:
                review.queued_at = now
            review.open_reports += 1
            review.save(update_fields=["open_reports", "queued_at"])
        report.reason, report.note, report.review_version = reason, note, review.version
        report.save()
    return report, is_new


def _somebody_elses(principal: Principal, user_id: UUID, review_id: UUID) -> None:
    user_behind(principal)
    if review_visible_to(principal, review_id).user_id == user_id:
        raise NotAllowed("own_review", "This review is your own.")


def _locked(review_id: UUID) -> Review:
    review = Review.objects.select_for_update(no_key=True).filter(pk=review_id).first()
    if review is None:
        raise NotFound("review_unknown", "This review was deleted meanwhile.")
    return review
