"""
The bytes of uploads, as far as they have come: one file each, appended to by one request at a time.

The name is made of the upload's id alone. The lock is the kernel's (flock), so it ends with its holder, however
that ends; it holds between the threads and processes of one machine.
"""

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from audiobooks.errors import DomainError
from audiobooks.media.storage import path_of

FOLDER = "uploads"


class Busy(DomainError):
    """Another request is sending bytes of the same upload just now."""

    def __init__(self) -> None:
        super().__init__(
            "upload_busy", "Another request is sending bytes of this upload: wait, then ask how far it is."
        )


class StorageFull(DomainError):
    """There is no room for more bytes; those that are there stay."""

    def __init__(self) -> None:
        super().__init__(
            "storage_full", "The storage is full. What Upload-Offset counts is kept: go on later."
        )


class Incoming:
    """An upload's open and locked file."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def begin_at(self, offset: int) -> None:
        """Go to ``offset``; what lies behind it was never confirmed to anybody, and goes."""
        if os.fstat(self.descriptor).st_size > offset:
            os.ftruncate(self.descriptor, offset)
        os.lseek(self.descriptor, offset, os.SEEK_SET)

    def write(self, chunk: bytes) -> None:
        """Append. Raises ``StorageFull``."""
        rest = memoryview(chunk)
        with _room():
            while rest:
                rest = rest[os.write(self.descriptor, rest) :]

    def sync(self) -> None:
        """Return once everything written survives a power cut. Raises ``StorageFull``."""
        with _room():
            os.fsync(self.descriptor)

    def sha256(self) -> str:
        """Return the SHA-256 of the whole file, read in chunks."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        with os.fdopen(os.dup(self.descriptor), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def incoming_path(upload_id: UUID) -> Path:
    """Return where an upload's bytes lie on this machine."""
    return path_of(f"{FOLDER}/{upload_id}.part")


@contextmanager
def incoming_locked(upload_id: UUID) -> Iterator[Incoming]:
    """Open an upload's file, made where there is none yet, for this request alone. Raises ``Busy``."""
    path = incoming_path(upload_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield Incoming(descriptor)
    finally:
        os.close(descriptor)


def incoming_delete(upload_id: UUID) -> None:
    """Delete an upload's bytes; none are none."""
    incoming_path(upload_id).unlink(missing_ok=True)


def incoming_ids(*, untouched_since_s: float) -> Iterator[UUID]:
    """Return the ids of the files that nobody has written to since this Unix time."""
    for path in path_of(FOLDER).glob("*.part"):
        if path.stat().st_mtime < untouched_since_s:
            yield UUID(path.stem)


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise StorageFull from error
