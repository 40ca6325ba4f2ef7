"""
Files at content addresses: what a file is called is the SHA-256 of what is in it.

So a stored file never changes, storing it twice is storing it once, and what is damaged can be told. Names
are built here alone, from 64 hexadecimal digits and a width on the list: nothing a caller sends becomes a
path.
"""

import contextlib
import filecmp
import hashlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
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


def stream_name(sha256: str, name: str = "") -> str:
    """
    Return the path, below STORAGE_DIR, of a stream's folder or of a file in it, whose name is on a list.

    Raises ``ValueError`` for what is no SHA-256.
    """
    return str(PurePath("streams", _checked(sha256)[:2], sha256, name))


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


def stream_store(folder: Path, names: Sequence[str]) -> StoredFile:
    """
    Move files of an ``aside_folder`` into the storage, all of them or none, under the SHA-256 of their names and SHA-256s.

    What is there stays, unless it is damaged.
    """
    digest, size_bytes = hashlib.sha256(), 0
    for name in sorted(names):
        with (folder / name).open("rb") as file:
            digest.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
            size_bytes += file.tell()
            os.fchmod(file.fileno(), 0o644)  # nginx, another user, serves it
            os.fsync(file.fileno())
    stored = StoredFile(digest.hexdigest(), size_bytes)
    place = path_of(stream_name(stored.sha256))
    if filecmp.cmpfiles(folder, place, names, shallow=False)[0] == list(names):
        return stored
    place.parent.mkdir(parents=True, exist_ok=True)
    with aside_folder() as damaged:
        whole = damaged / "whole"
        whole.mkdir(mode=0o755)
        for name in names:
            (folder / name).rename(whole / name)
        _sync(whole)
        if place.exists():
            place.rename(damaged / "damaged")
        whole.rename(place)
    _sync(place.parent)
    return stored


def audio_delete(sha256: str) -> None:
    """Delete an audio file; none is none."""
    path_of(audio_name(sha256)).unlink(missing_ok=True)


def stream_delete(sha256: str) -> None:
    """Delete a stream's files; none are none."""
    folder = path_of(stream_name(sha256))
    if folder.is_dir():
        with aside_folder() as aside:
            folder.rename(aside / "deleted")  # gone as a whole


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
def aside_folder() -> Iterator[Path]:
    """Make a folder on the storage's own disk, gone at the end with what is still in it."""
    with tempfile.TemporaryDirectory(dir=_incoming()) as folder:
        yield Path(folder)


def leftovers_delete(*, untouched_since_s: float) -> None:
    """Delete what killed processes left aside, where nothing was made or moved in it since this Unix time."""
    for path in _incoming().iterdir():
        with contextlib.suppress(FileNotFoundError):  # its own process was not dead, and has ended
            if path.stat().st_mtime < untouched_since_s:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def _incoming_file() -> Iterator[IO[bytes]]:
    """Open a file on the storage's own disk, gone at the end unless ``_keep`` gave it a name."""
    with tempfile.NamedTemporaryFile(dir=_incoming(), delete=False) as file:
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
    _sync(path.parent)


def _incoming() -> Path:
    folder = path_of("incoming")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _sync(folder: Path) -> None:
    """Let the names in a folder, too, survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
