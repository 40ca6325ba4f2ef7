"""Telling an author what became of their review."""

import logging
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from audiobooks.accounts import mail
from audiobooks.reviews.models import Decision
from lab_celery.subscriptions import Delivery

log = logging.getLogger(__name__)


def decision_send(delivery: Delivery, *, decision_id: UUID) -> None:
    """
    Send the letter of a decision; none where a newer one has overtaken it, or the author is gone. Raises ``MailNotTaken``.

    Where no mail server is set up there is a line in the log: the author sees it in me/reviews/ all the same.
    """
    decided = Decision.objects.select_related("review__user", "review__audiobook")
    decision = decided.filter(pk=decision_id).first()
    if decision is None or not decision.review.user.is_active:
        return
    review = decision.review
    newer = review.decisions.exclude(action=Decision.Action.DISMISS).filter(pk__gt=decision.pk)
    if newer.exists():
        return
    if not mail.can_send():
        log.warning("EMAIL_HOST is not set: nobody is told of review %s.", review.pk)
        return
    letter = mail.written(
        f"reviews/mail/{'review_hidden' if decision.action == Decision.Action.HIDE else 'review_restored'}",
        review.user.email,
        username=review.user.username,
        title=review.audiobook.title,
        reason=decision.get_reason_display(),
        note=decision.note,
        address=f"{settings.PUBLIC_BASE_URL.rstrip('/')}{reverse('v1:review', args=[review.pk])}",
    )
    mail.deliver(letter, delivery)
