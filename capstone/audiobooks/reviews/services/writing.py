"""What an author does: write, change, take back."""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db import transaction

from audiobooks.catalog.services.ratings import Stars, rating_change
from audiobooks.errors import Conflict, NotAllowed, NotFound
from audiobooks.library.revisions import revision_next, tombstones_write
from audiobooks.library.selectors import audiobook_to_hear
from audiobooks.principal import Principal
from audiobooks.reviews.models import Review
from audiobooks.reviews.selectors import review_visible_to
from lab_rest.preconditions import Precondition


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewChange:
    """What to change; None leaves a field as it is. ``text`` is plain text already."""

    overall: int | None = None
    performance: int | None = None
    story: int | None = None
    text: str | None = None
    is_spoiler: bool | None = None


def review_create(
    *,
    principal: Principal,
    user_id: UUID,
    audiobook_id: UUID,
    stars: Stars,
    text: str,
    is_spoiler: bool,
    now: datetime,
) -> Review:
    """
    Write a listener's one review of a recording that they may hear. ``text`` is plain text already.

    Raises ``NotFound``, ``NotAllowed("grant_required")``, ``Conflict("review_exists")``.
    """
    audiobook = audiobook_to_hear(principal, audiobook_id)
    # --8<-- [start:create]
    with transaction.atomic():
        revision = revision_next(user_id)
        if Review.objects.filter(user=user_id, audiobook=audiobook).exists():
            raise Conflict(
                "review_exists", "You have reviewed this recording: me/reviews/ has it, to change."
            )
        review = Review.objects.create(
            user_id=user_id,
            audiobook=audiobook,
            overall=stars.overall,
            performance=stars.performance,
            story=stars.story,
            text=text,
            is_spoiler=is_spoiler,
            created_at=now,
            queued_at=now,
            revision=revision,
        )
        rating_change(audiobook_id=audiobook_id, before=None, after=stars)
    # --8<-- [end:create]
    return review


def review_change(
    *,
    principal: Principal,
    user_id: UUID,
    review_id: UUID,
    change: ReviewChange,
    precondition: Precondition,
    now: datetime,
) -> None:
    """
    Change one's own review. A hidden one stays hidden, and goes to the end of the queue of staff.

    Raises ``NotFound``, ``NotAllowed("not_your_review")``, ``PreconditionFailed``.
    """
    own = _own(principal, user_id, review_id)
    precondition.check(own.pk, own.version)
    with transaction.atomic():
        revision = revision_next(user_id)
        review = precondition.locked(Review.objects.filter(pk=review_id, user=user_id))
        if review is None:
            raise NotFound("review_unknown", "This review was deleted meanwhile.")
        before = review.counted
        for field in fields(change):
            value = getattr(change, field.name)
            if value is not None:
                setattr(review, field.name, value)
        review.version, review.edited_at, review.revision = review.version + 1, now, revision
        if review.hidden_at:
            review.queued_at = now
        review.save()
        rating_change(audiobook_id=review.audiobook_id, before=before, after=review.counted)


def review_delete(*, principal: Principal, user_id: UUID, review_id: UUID, now: datetime) -> None:
    """Take one's own review back, with all that others said of it. Raises ``NotFound``, ``NotAllowed``."""
    _own(principal, user_id, review_id)
    with transaction.atomic():
        revision = revision_next(user_id)
        review = Review.objects.select_for_update().filter(pk=review_id, user=user_id).first()
        if review is None:
            raise NotFound("review_unknown", "This review was deleted meanwhile.")
        tombstones_write(user_id=user_id, kind="review", object_ids=[review_id], revision=revision, now=now)
        review.delete()
        rating_change(audiobook_id=review.audiobook_id, before=review.counted, after=None)


def _own(principal: Principal, user_id: UUID, review_id: UUID) -> Review:
    """Look before anything is locked, so that a refusal is no change. Raises ``NotFound``, ``NotAllowed``."""
    own = Review.objects.filter(pk=review_id, user=user_id).first()
    if own is not None:
        return own
    review_visible_to(principal, review_id)
    raise NotAllowed("not_your_review", "Only its author may change a review or delete it.")
