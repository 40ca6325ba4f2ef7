"""
Files at content addresses: what a file is called is the SHA-256 of what is in it.

So a stored file never changes, storing it twice is storing it once, and what is damaged can be told. Names
are built here alone, from 64 hexadecimal digits and a width on the list: nothing a caller sends becomes a
path.
"""

import filecmp
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from audiobooks.catalog.models import Cover

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The address and size of bytes that are safely on disk."""

    sha256: str
    size_bytes: int


def audio_name(sha256: str) -> str:
    """Return an audio file's path below STORAGE_DIR. Raises ``ValueError`` for what is no SHA-256."""
    return f"audio/{_checked(sha256)[:2]}/{sha256}.m4a"


def cover_name(sha256: str, width_px: int) -> str:
    """Return a cover's path below STORAGE_DIR. Raises ``ValueError`` where there can be none."""
    if width_px not in Cover.WIDTHS_PX:
        message = f"Covers are {Cover.WIDTHS_PX} pixels wide, not {width_px}."
        raise ValueError(message)
    return f"covers/{_checked(sha256)[:2]}/{sha256}/{width_px}.webp"


def path_of(name: str) -> Path:
    """Return where a name from this module lies on this machine."""
    return Path(settings.STORAGE_DIR) / name


def audio_store(content: bytes | Path) -> StoredFile:
    """Copy ``content`` into the storage, hashing it. What is there stays, unless it is damaged."""
    source = io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")
    with source, _incoming_file() as copy:
        digest = hashlib.sha256()
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            copy.write(chunk)
        stored = StoredFile(sha256=digest.hexdigest(), size_bytes=copy.tell())
        _keep(copy, path_of(audio_name(stored.sha256)))
    return stored


def cover_store(sha256: str, pictures: dict[int, bytes]) -> None:
    """Write a cover's ``{width in px: WebP}`` under its address. What is intact stays."""
    for width_px, picture in pictures.items():
        with _incoming_file() as copy:
            copy.write(picture)
            _keep(copy, path_of(cover_name(sha256, width_px)))


def audio_sha256(sha256: str) -> str:
    """Return the SHA-256 of what lies at this address *now*. Raises ``OSError`` where it cannot be read."""
    with path_of(audio_name(sha256)).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked(sha256: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        message = f"{sha256!r:.80} is no SHA-256 in lower-case hexadecimal."
        raise ValueError(message)
    return sha256


@contextmanager
def _incoming_file() -> Iterator[IO[bytes]]:
    """Open a file on the storage's own disk, gone at the end unless ``_keep`` gave it a name."""
    folder = path_of("incoming")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            yield file.file
        finally:
            Path(file.name).unlink(missing_ok=True)


def _keep(file: IO[bytes], path: Path) -> None:
    """Put an incoming file at its address, whole and flushed to the disk or not at all."""
    file.flush()
    if path.is_file() and filecmp.cmp(file.name, path, shallow=False):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    os.fchmod(file.fileno(), 0o644)  # nginx, another user, serves it
    os.fsync(file.fileno())
    Path(file.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name too survives a power cut
    finally:
        os.close(folder)
