"""An account goes, and what it said goes with it."""

from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from audiobooks.catalog.services.ratings import rating_change
from audiobooks.reviews.models import HelpfulVote, Report, Review


# --8<-- [start:forget]
@transaction.atomic
def reviews_forget(*, user_id: UUID) -> None:
    """
    Delete all that a user wrote and voted, and take it out of ratings and counts. Safe to repeat.

    What they reported stays for staff to decide, without their name and their words. Switch the account off first.
    """
    votes = dict(HelpfulVote.objects.filter(user=user_id).values_list("pk", "review"))
    touched = Review.objects.filter(Q(user=user_id) | Q(pk__in=votes.values())).order_by("pk")
    mine = [review for review in touched.select_for_update() if review.user_id == user_id]
    Review.objects.filter(pk__in=votes.values()).update(helpful_count=F("helpful_count") - 1)
    HelpfulVote.objects.filter(pk__in=votes).delete()
    Report.objects.filter(reporter=user_id).update(reporter=None, note="")
    Review.objects.filter(pk__in=[review.pk for review in mine]).delete()
    for review in sorted(mine, key=lambda one: one.audiobook_id):
        rating_change(audiobook_id=review.audiobook_id, before=review.counted, after=None)


# --8<-- [end:forget]
