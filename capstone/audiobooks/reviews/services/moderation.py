"""What staff do: hide a review for a reason, show it again, or find nothing wrong with it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from audiobooks.catalog.services.ratings import rating_change
from audiobooks.errors import Conflict, NotFound
from audiobooks.library.revisions import revision_next
from audiobooks.reviews.models import Decision, Review
from lab_celery import outbox
from lab_rest.preconditions import Precondition


# --8<-- [start:hide]
def review_hide(
    *, review_id: UUID, moderator_id: UUID, reason: str, note: str, precondition: Precondition, now: datetime
) -> None:
    """
    Show a review no longer: it leaves the rating, and its author is told why. ``note`` is for the author to read.

    Raises ``NotFound``, ``PreconditionFailed``, ``Conflict("already_hidden")``. Publishes ``reviews.decided``.
    """
    with transaction.atomic():
        review = _locked(review_id, precondition, is_changed=True)
        if review.hidden_at:
            raise Conflict("already_hidden", "This review is hidden already.")
        before = review.counted
        review.hidden_at, review.hidden_for, review.hidden_note = now, reason, note
        _decide(review, Decision.Action.HIDE, moderator_id, note, now)
        rating_change(audiobook_id=review.audiobook_id, before=before, after=review.counted)


# --8<-- [end:hide]


def review_restore(
    *, review_id: UUID, moderator_id: UUID, note: str, precondition: Precondition, now: datetime
) -> None:
    """
    Show a hidden review again. Raises ``NotFound``, ``PreconditionFailed``, ``Conflict("not_hidden")``.

    Publishes ``reviews.decided``.
    """
    with transaction.atomic():
        review = _locked(review_id, precondition, is_changed=True)
        if not review.hidden_at:
            raise Conflict("not_hidden", "This review is not hidden.")
        before = review.counted
        review.hidden_at, review.hidden_for, review.hidden_note = None, "", ""
        _decide(review, Decision.Action.RESTORE, moderator_id, note, now)
        rating_change(audiobook_id=review.audiobook_id, before=before, after=review.counted)


def reports_dismiss(
    *, review_id: UUID, moderator_id: UUID, note: str, precondition: Precondition, now: datetime
) -> None:
    """
    Find nothing wrong with a review as it stands: its reports are settled, and nobody is told.

    Raises ``NotFound``, ``PreconditionFailed``, ``Conflict("no_open_reports")``.
    """
    with transaction.atomic():
        review = _locked(review_id, precondition, is_changed=False)
        if not review.open_reports:
            raise Conflict("no_open_reports", "Nobody has reported this review, or it is decided.")
        _decide(review, Decision.Action.DISMISS, moderator_id, note, now)


def _locked(review_id: UUID, precondition: Precondition, *, is_changed: bool) -> Review:
    """Return a review for staff to change, its author's count of changes locked before it: as authors lock them."""
    seen = Review.objects.filter(pk=review_id).first()
    if seen is not None:
        precondition.check(seen.pk, seen.version)  # a refusal is no change, of the count neither
    revision = _revision(seen.user_id) if seen and is_changed else None
    review = precondition.locked(Review.objects.filter(pk=review_id))
    if review is None:
        raise NotFound("review_unknown", f"There is no review {review_id}.")
    if is_changed:
        review.version += 1
    if revision:
        review.revision = revision
    return review


def _revision(author_id: UUID) -> int | None:
    """Return the author's next revision; None where the account is switched off, and no device of theirs asks."""
    try:
        return revision_next(author_id)
    except NotFound:
        return None


def _decide(review: Review, action: str, moderator_id: UUID, note: str, now: datetime) -> None:
    """Keep a decision, settle the reports, and promise a letter of what the author can see."""
    review.reports.filter(settled_at=None).update(settled_at=now)
    review.open_reports, review.queued_at = 0, now
    review.save()
    decision = Decision.objects.create(
        review=review,
        moderator_id=moderator_id,
        action=action,
        reason=review.hidden_for,
        note=note,
        review_version=review.version,
        decided_at=now,
    )
    if action != Decision.Action.DISMISS:
        outbox.publish("reviews.decided", decision_id=decision.pk)
