"""Reading what is stored. Each selector states what it costs."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Cover
from audiobooks.catalog.selectors import audiobooks_visible_to
from audiobooks.errors import NotAllowed, NotFound
from audiobooks.media.models import Job, Rendition, SourceFile, Upload
from audiobooks.principal import Principal, Role

File = TypeVar("File", SourceFile, Rendition)


def source_file_covering(audiobook_id: UUID, at_ms: int) -> SourceFile:
    """Return the file in which this moment of a recording lies. 1 query. Raises ``NotFound``."""
    before = SourceFile.objects.filter(audiobook=audiobook_id, start_ms__lte=at_ms)
    file = before.order_by("-start_ms").first()
    if file is None or at_ms >= file.start_ms + file.duration_ms:
        raise NotFound("audio_unknown", f"This audiobook has no audio at {at_ms} ms.")
    return file


def source_file_to_hear(source_file_id: UUID, user_id: UUID) -> SourceFile:
    """
    Return a file for the user its address was made for. 1 query.

    Whether this user may hear what is restricted was asked when the address was made. Asked again is what may
    not wait for its end: raises ``NotAllowed("account_inactive")`` for a user who is gone or switched off,
    ``NotFound`` for what was deleted, or withdrawn from listeners.
    """
    return _to_hear(SourceFile.objects.filter(pk=source_file_id), user_id)


def rendition_to_hear(rendition_id: UUID, kind: str, user_id: UUID) -> Rendition:
    """Return a rendition for the user its address was made for, as ``source_file_to_hear`` does. 1 query."""
    return _to_hear(Rendition.objects.filter(pk=rendition_id, kind=kind), user_id)


def rendition_of(audiobook_id: UUID, kind: str) -> Rendition:
    """Return a recording's rendition of a kind, as it is now. 1 query. Raises ``NotFound``."""
    rendition = Rendition.objects.filter(audiobook=audiobook_id, kind=kind, replaced_at=None).first()
    if rendition is None:
        raise NotFound(
            "rendition_unknown",
            "This recording is not made ready yet: hear its chapters, and ask again in a few minutes.",
        )
    return rendition


def _to_hear(files: QuerySet[File], user_id: UUID) -> File:
    listener = Principal(user_id=user_id, role=Role.LISTENER)
    account = User.objects.filter(pk=user_id, is_active=True)
    file = files.annotate(
        role=account.values("role"),
        is_for_listeners=Exists(audiobooks_visible_to(listener).filter(pk=OuterRef("audiobook"))),
    ).first()
    if file is None:
        raise NotFound("audio_unknown", "There is no audio file at this address.")
    if file.role is None:
        raise NotAllowed("account_inactive", "The account this address was made for is no longer active.")
    if not (file.is_for_listeners or Principal(user_id, Role(file.role)).is_curator):
        raise NotFound("audio_unknown", "There is no audio file at this address.")
    return file


def cover_exists(sha256: str) -> bool:
    """Return whether a recording has this cover. 1 query."""
    return Cover.objects.filter(sha256=sha256).exists()


def uploads_of(curator_id: UUID | None, *, now: datetime) -> QuerySet[Upload]:
    """Return a curator's uploads that have not ended at ``now`` (aware UTC). 1 query."""
    return Upload.objects.filter(curator=curator_id, expires_at__gt=now)


def upload_of(curator_id: UUID, upload_id: UUID, *, now: datetime) -> Upload:
    """Return one of a curator's own uploads. 1 query. Raises ``NotFound`` for everybody else's too."""
    upload = uploads_of(curator_id, now=now).filter(pk=upload_id).first()
    if upload is None:
        raise NotFound(
            "upload_unknown", "You have no such upload: it ended, was aborted, or is somebody else's."
        )
    return upload


def jobs_of(curator_id: UUID | None) -> QuerySet[Job]:
    """Return a curator's jobs, with their files. 2 queries at any length."""
    return Job.objects.filter(curator=curator_id).prefetch_related("sources")


def job_of(curator_id: UUID, job_id: UUID) -> Job:
    """Return one of a curator's own jobs. 2 queries. Raises ``NotFound`` for everybody else's too."""
    job = jobs_of(curator_id).filter(pk=job_id).first()
    if job is None:
        raise NotFound("job_unknown", "You have no such job.")
    return job
