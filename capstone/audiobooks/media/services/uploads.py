"""
Uploads: begin, append, abort, expire.

The promise is the offset: every byte before it is on disk. A request appends to the file, flushes it, and only
then counts the offset up; whatever a crash leaves behind the offset is cut off by the next request.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from audiobooks.accounts.models import User
from audiobooks.errors import Conflict, Invalid, NotFound
from audiobooks.media.incoming import Incoming, incoming_delete, incoming_ids, incoming_locked
from audiobooks.media.models import Upload
from audiobooks.media.selectors import upload_of
from audiobooks.media.storage import CHUNK_BYTES

CONFIRM_BYTES = 8 * 1024 * 1024  # at most so many bytes are sent again after a crash

Read = Callable[[int], bytes]


class OffsetMismatch(Conflict):
    """The bytes do not begin where the upload stands."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(
            "upload_offset_mismatch", f"Go on at byte {upload.offset_bytes}: that much of the file is here."
        )
        self.upload = upload


class ChecksumMismatch(Conflict):
    """The file is whole, but is not the one that was announced."""

    def __init__(self) -> None:
        super().__init__(
            "checksum_mismatch", "The bytes have another SHA-256 than announced: send them all again."
        )


def upload_begin(*, curator_id: UUID, file_name: str, size_bytes: int, sha256: str, now: datetime) -> Upload:
    """
    Make room for a file; ``now`` is aware UTC.

    Raises ``Invalid("upload_too_large")``; ``Conflict("too_many_uploads")`` where the curator has
    ``Upload.MOST_OPEN`` already; ``NotFound`` for an account that is gone.
    """
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        raise Invalid(
            "upload_too_large", f"A file has at most {settings.UPLOAD_MAX_BYTES:,} bytes: split it."
        )
    with transaction.atomic():
        # One request of a curator at a time, or two of them both find room.
        if User.objects.select_for_update().filter(pk=curator_id, is_active=True).first() is None:
            raise NotFound("account_gone", "This account no longer exists.")
        if Upload.objects.filter(curator=curator_id, expires_at__gt=now).count() >= Upload.MOST_OPEN:
            raise Conflict(
                "too_many_uploads", f"You have {Upload.MOST_OPEN} uploads: finish or abort one first."
            )
        return Upload.objects.create(
            curator_id=curator_id,
            file_name=file_name,
            size_bytes=size_bytes,
            sha256=sha256,
            created_at=now,
            expires_at=now + Upload.LIFETIME,
        )


def upload_append(
    *, upload_id: UUID, curator_id: UUID, offset: int, length: int, read: Read, clock: Callable[[], datetime]
) -> Upload:
    """
    Append ``length`` bytes, got from ``read(at most so many)``, and return the upload as it then stands.

    It takes as long as the sender does, so it is no transaction and asks ``clock`` (aware UTC) as it goes on; a
    sender who goes away leaves what came. With the last byte the file's SHA-256 is compared; where it differs
    the upload is empty again. Raises ``NotFound``, ``OffsetMismatch``, ``ChecksumMismatch``, ``Busy``,
    ``StorageFull``; ``Invalid("upload_overflows")`` for more bytes than were announced.
    """
    upload_of(curator_id, upload_id, now=clock())
    with incoming_locked(upload_id) as file:
        try:
            upload = upload_of(curator_id, upload_id, now=clock())  # as the last holder of the lock left it
        except NotFound:
            incoming_delete(upload_id)  # aborted meanwhile, before this request made the file anew
            raise
        if offset != upload.offset_bytes:
            raise OffsetMismatch(upload)
        if offset + length > upload.size_bytes:
            left = upload.size_bytes - offset
            raise Invalid("upload_overflows", f"Only {left} bytes are left to send, not {length}.")
        file.begin_at(offset)
        end = offset + length
        try:
            while offset < end and (chunk := read(min(CHUNK_BYTES, end - offset))):
                file.write(chunk)
                offset += len(chunk)
                if offset - upload.offset_bytes >= CONFIRM_BYTES:
                    _confirm(upload, file, offset, now=clock())
        finally:  # also where the disk is full, or the sender gone: what came stays
            if offset > upload.offset_bytes:
                _confirm(upload, file, offset, now=clock())
        return upload


def upload_abort(*, upload_id: UUID, curator_id: UUID, now: datetime) -> None:
    """Forget an upload and its bytes; a request that is sending some is told at once. Raises ``NotFound``."""
    upload_of(curator_id, upload_id, now=now).delete()
    incoming_delete(upload_id)


def expired_uploads_delete(*, now: datetime) -> int:
    """Delete the uploads that have ended at ``now`` (aware UTC), and bytes of none; return how many ended."""
    ended = list(Upload.objects.filter(expires_at__lte=now).values_list("pk", flat=True))
    Upload.objects.filter(pk__in=ended).delete()
    # A crash between a row's end and its file's: nobody has written to such a file for a lifetime.
    orphans = set(incoming_ids(untouched_since_s=(now - Upload.LIFETIME).timestamp()))
    orphans -= set(Upload.objects.filter(pk__in=orphans).values_list("pk", flat=True))
    for upload_id in {*ended, *orphans}:
        incoming_delete(upload_id)
    return len(ended)


def _confirm(upload: Upload, file: Incoming, offset: int, *, now: datetime) -> None:
    """Count an upload's offset up to what is on disk, and finish it there with its last byte."""
    file.sync()
    is_whole = offset == upload.size_bytes
    is_wrong = is_whole and file.sha256() != upload.sha256
    there = Upload.objects.filter(pk=upload.pk, offset_bytes=upload.offset_bytes)
    upload.offset_bytes = 0 if is_wrong else offset
    upload.expires_at = now + Upload.LIFETIME
    upload.finished_at = now if is_whole and not is_wrong else None
    changed = ("offset_bytes", "expires_at", "finished_at")
    if not there.update(**{name: getattr(upload, name) for name in changed}):
        raise NotFound("upload_unknown", "This upload was aborted meanwhile.")
    if is_wrong:
        raise ChecksumMismatch
