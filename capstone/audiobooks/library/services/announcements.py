"""Telling followers that a recording is ready: each once, by a letter of its own, however many they are."""

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from audiobooks.accounts import mail
from audiobooks.accounts.models import User
from audiobooks.catalog.selectors import audiobooks_visible_to
from audiobooks.library.models import Announcement
from audiobooks.library.selectors import followed_names, follows_matching
from audiobooks.library.services.follows import stop_token
from audiobooks.principal import Principal, Role
from lab_celery import outbox
from lab_celery.subscriptions import Delivery

log = logging.getLogger(__name__)
BATCH = 100


# --8<-- [start:fan-out]
def followers_tell(*, audiobook_id: UUID, after: UUID | None) -> None:
    """
    Promise a letter to the next 100 followers of a ready recording, by their ids, and publish that there may be more.

    Who was told before is not told again, whatever made this run. One transaction, of the caller's.
    """
    listener = Principal(
        user_id=audiobook_id, role=Role.LISTENER
    )  # any: what is ready is every member's to see
    ready = audiobooks_visible_to(listener).select_for_update(no_key=True, of=("self",))
    if not ready.filter(pk=audiobook_id).exists():
        return
    if not mail.can_send():
        log.warning("EMAIL_HOST is not set: nobody is told of audiobook %s.", audiobook_id)
        return
    followers = User.objects.filter(is_active=True, pk__in=follows_matching(audiobook_id).values("user"))
    if after:
        followers = followers.filter(pk__gt=after)
    batch = list(followers.order_by("pk").values_list("pk", flat=True)[:BATCH])
    told = Announcement.objects.filter(audiobook=audiobook_id, user__in=batch).values_list("user", flat=True)
    new = [Announcement(audiobook_id=audiobook_id, user_id=user_id) for user_id in sorted({*batch} - {*told})]
    for announcement in Announcement.objects.bulk_create(new):
        outbox.publish("library.announcement", announcement_id=announcement.pk)
    if len(batch) == BATCH:
        outbox.publish("library.followers_left", audiobook_id=audiobook_id, after=batch[-1])


# --8<-- [end:fan-out]


def announcement_send(delivery: Delivery, *, announcement_id: UUID, now: datetime) -> None:
    """
    Send one follower's letter; ``now`` is aware UTC. Raises ``MailNotTaken``.

    None goes to who may not see the recording by now, or follows no longer: should that change, they are told then.
    """
    waiting = Announcement.objects.select_for_update(of=("self",)).select_related("user", "audiobook")
    told = waiting.filter(pk=announcement_id, sent_at=None).first()
    if told is None:
        return
    names = followed_names(told.user_id, told.audiobook_id)
    if not (names and told.user.is_active and _may_see(told)):
        told.delete()
        return
    told.sent_at = now
    told.save(update_fields=["sent_at"])
    base = settings.PUBLIC_BASE_URL.rstrip("/")
    stop = f"{base}{reverse('v1:follows-stop', args=[stop_token(told.pk)])}"
    letter = mail.written(
        "library/mail/new_recording",
        told.user.email,
        username=told.user.username,
        title=told.audiobook.title,
        names=names,
        address=f"{base}{reverse('v1:audiobook', args=[told.audiobook_id])}",
        follows=f"{base}{reverse('v1:follows')}",
    )
    letter.extra_headers |= {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    mail.deliver(letter, delivery)


def _may_see(told: Announcement) -> bool:
    """Tell whether a follower may see the recording as any listener does: nobody, curators neither, is told of what is not ready."""
    listener = Principal(user_id=told.user_id, role=Role.LISTENER)
    return audiobooks_visible_to(listener).filter(pk=told.audiobook_id).exists()
