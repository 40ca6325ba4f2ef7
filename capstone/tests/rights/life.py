"""Somebody who has used everything: a row of theirs in every table that holds any, each with a word of theirs in it."""

from datetime import timedelta
from typing import Any

from cast import make_audiobook, make_person, make_series, make_user
from contract.belongings import make_export, make_library, make_listening
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from audiobooks.accounts.devices import Device
from audiobooks.accounts.models import Registration, User
from audiobooks.accounts.services.sessions import session_begin
from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.services.ratings import Stars, rating_change
from audiobooks.enrichment.models import Lookup, Proposal
from audiobooks.library.models import Announcement, Bookmark, Follow, Tombstone
from audiobooks.library.services import grant_give
from audiobooks.media.models import Job, JobSource, Upload
from audiobooks.personal_data import Held, Person
from audiobooks.playback.models import (
    Coverage,
    EventReceipt,
    ListeningDay,
    PlaybackPolicy,
    PlaybackSession,
    PositionEvent,
)
from audiobooks.reviews.models import Decision, HelpfulVote, Report, Review
from audiobooks.rights.holdings import declared, person_of
from lab_celery.models import DeadLetter, OutboxRow, new_id
from lab_rest.models import IdempotencyRecord

WORD = "quincunx"  # of hers alone
NAME = "mabel.thrush"


def make_life(audiobook: Audiobook | None = None) -> User:
    """Mabel, who listens, curates and is staff."""
    now = timezone.now()
    user = make_user(NAME, role="staff")
    audiobook = audiobook or make_audiobook(duration_ms=600_000)
    listened(user, audiobook)
    curated(user, audiobook)
    reviewed(user, audiobook)
    session_begin(user=user, device=Device(f"{WORD} phone", "203.0.113.77"), now=now)
    Registration.objects.create(
        username=f"{WORD}.too", email=user.email.upper(), password="-", created_at=now
    )
    user.groups.add(Group.objects.create(name="Clerks"))
    user.user_permissions.add(Permission.objects.first())
    account = ContentType.objects.get_for_model(User)
    clerk = make_user("clerk", role="staff")
    for who, about, name in ((user, account, f"did {WORD}"), (clerk, account, user.username)):
        LogEntry.objects.create(
            user=who, content_type=about, object_id=str(user.pk), object_repr=name, action_flag=CHANGE
        )
    browser = SessionStore()
    browser["_auth_user_id"] = str(user.pk)
    browser.save()
    promises(user)
    IdempotencyRecord.objects.create(
        caller=str(user.pk),
        route="api/v1/books/",
        key="k",
        fingerprint=b"-",
        status=201,
        headers={},
        body=WORD.encode(),
        created_at=now,
    )
    make_export(user)
    return user


def listened(user: User, audiobook: Audiobook) -> None:
    now = timezone.now()
    make_library(user, audiobook)
    Bookmark.objects.update(note=f"{WORD} {user.username}")
    sittings, _ = make_listening(user, audiobook)
    PlaybackSession.objects.filter(user=user).update(started_at=now - timedelta(hours=1))
    for seq, sitting in enumerate(sittings):
        PositionEvent.objects.create(
            device=sitting.device,
            audiobook=audiobook,
            session=sitting,
            seq=seq,
            revision=1,
            generation=0,
            effective_at=now - timedelta(days=60 * seq),  # in two partitions
            stored_at=now,
            position_ms=1,
        )
        EventReceipt.objects.create(device=sitting.device, seq=seq, digest=b"-", stored_at=now)
    heard: dict[str, Any] = {"user": user, "heard": ((0, 1000),)}
    Coverage.objects.create(**heard, audiobook=audiobook)
    ListeningDay.objects.create(
        **heard,
        session=sittings[0],
        day=now.date(),
        first_at=now,
        last_at=now,
        speed_percent=100,
        listened_ms=1000,
    )
    PlaybackPolicy.objects.create(user=user, on_conflict="latest")
    Tombstone.objects.create(user=user, kind="shelf", object_id=new_id(), revision=1, deleted_at=now)
    grant_give(user_id=user.pk, audiobook_id=audiobook.pk)
    Follow.objects.create(user=user, person=make_person("Jane Austen"), created_at=now)
    Follow.objects.create(user=user, series=make_series("Highbury"), created_at=now)
    Announcement.objects.create(user=user, audiobook=audiobook, sent_at=now)


def curated(user: User, audiobook: Audiobook) -> None:
    now = timezone.now()
    upload = Upload.objects.create(
        curator=user,
        file_name=f"{WORD}.m4b",
        size_bytes=1,
        sha256="0" * 64,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    job = Job.objects.create(
        curator=user,
        digest="d",
        state="failed",
        reason=f"{WORD}.m4b is no sound",
        created_at=now,
        changed_at=now,
    )
    JobSource.objects.create(
        job=job, position=1, upload=upload, file_name=f"{WORD}.m4b", sha256=upload.sha256
    )
    lookup = Lookup.objects.create(
        audiobook=audiobook, curator=user, title="E", created_at=now, changed_at=now
    )
    Proposal.objects.create(
        audiobook=audiobook,
        lookup=lookup,
        field="subtitle",
        proposed_value="A Novel",
        source="https://openlibrary.org/books/OL1M",
        fetched_at=now,
        state="accepted",
        decided_by=user,
        decided_at=now,
    )


def reviewed(user: User, audiobook: Audiobook) -> None:
    """Hers, hidden and shown again; and what she did to another's."""
    now = timezone.now()
    stars = {"overall": 5, "performance": 4, "story": 3, "created_at": now, "queued_at": now, "revision": 1}
    rating_change(audiobook_id=audiobook.pk, before=None, after=Stars(5, 4, 3))
    rating_change(audiobook_id=audiobook.pk, before=None, after=Stars(5, 4, 3))
    hers = Review.objects.create(user=user, audiobook=audiobook, text=f"A {WORD} of a book", **stars)
    other = make_user("other.reader")
    theirs = Review.objects.create(user=other, audiobook=audiobook, helpful_count=1, open_reports=1, **stars)
    HelpfulVote.objects.create(review=theirs, user=user, created_at=now)
    Report.objects.create(
        review=theirs, reporter=user, reason="spam", note=f"{WORD}!", review_version=1, created_at=now
    )
    for review, moderator in ((hers, other), (theirs, user)):
        Decision.objects.create(
            review=review, moderator=moderator, action="dismiss", review_version=1, decided_at=now
        )


def promises(user: User) -> None:
    now = timezone.now()
    for ids in ({"to": user.email.title(), "letter": "register"}, {"user_id": str(user.pk)}):
        OutboxRow.objects.create(event_id=new_id(), topic="accounts.letter", ids=ids, due_at=now, sent_at=now)
        DeadLetter.objects.create(
            event_id=new_id(), topic="t", task="t", ids=ids, attempts=1, reason="away", died_at=now
        )


def holdings_of(user: User) -> list[tuple[Held, int]]:
    """Return every table that holds something of people, with the number of rows it holds of this one."""
    person: Person = person_of(user)
    held, _ = declared()
    return [(one, one.of(person).count()) for one in held]
