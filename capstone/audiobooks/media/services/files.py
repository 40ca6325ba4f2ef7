"""Keeping files, and proving that they are still what they were."""

import logging
import time
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from audiobooks.catalog.models import Audiobook, Cover
from audiobooks.errors import Conflict, Invalid, NotFound
from audiobooks.media import storage
from audiobooks.media.encoding import probe
from audiobooks.media.models import SourceFile
from audiobooks.media.services.renditions import renditions_forget

log = logging.getLogger(__name__)

VERIFY_AFTER = timedelta(days=1)


def source_file_store(
    *, audiobook_id: UUID, position: int, start_ms: int, content: bytes | Path
) -> SourceFile:
    """
    Keep an audio file as number ``position`` (from 1) of a recording, from ``start_ms`` of its timeline.

    Storing the same again changes no row, and repairs a damaged file; another file takes the recording's renditions
    away, until they are made anew. Raises ``NotFound``; ``Invalid`` for
    what is not AAC in MP4 or cannot lie there; ``Conflict`` where another file has this position
    (``position_taken``) or this time (``time_taken``).
    """
    if position < 1 or start_ms < 0:
        raise Invalid("bad_place", "Positions count from 1, and no file begins before 0 ms.")
    facts = probe(content)
    if facts.codec != "aac" or _opening(content)[4:8] != b"ftyp":
        found = facts.codec if facts.codec != "aac" else "AAC in another container"
        raise Invalid(
            "audio_format_unknown", f"Only AAC in MP4 (.m4a) is taken, this is {found}: convert it."
        )
    stored = storage.audio_store(content)  # before the row: no row ever speaks of a file that is not there
    with transaction.atomic():
        audiobook = _locked(audiobook_id)
        there = SourceFile.objects.filter(audiobook=audiobook, position=position).first()
        if there is not None:
            if (there.sha256, there.start_ms) != (stored.sha256, start_ms):
                raise Conflict("position_taken", f"Another file is number {position} of this recording.")
            return there
        taken = Q(start_ms__lt=start_ms + facts.duration_ms, start_ms__gt=start_ms - F("duration_ms"))
        neighbour = SourceFile.objects.filter(taken, audiobook=audiobook).first()
        if neighbour is not None:
            raise Conflict("time_taken", f"File {neighbour.position} of this recording lies there already.")
        renditions_forget(audiobook)
        return SourceFile.objects.create(
            audiobook=audiobook,
            position=position,
            start_ms=start_ms,
            duration_ms=facts.duration_ms,
            media_type="audio/mp4",
            codec=facts.codec,
            sample_rate_hz=facts.sample_rate_hz,
            channels=facts.channels,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
        )


def cover_store(*, audiobook_id: UUID, image: bytes, description: str) -> Cover:
    """
    Make ``image`` (JPEG, PNG or WebP) a recording's cover, in every size, without its metadata.

    Another cover than before is another address, and a new version of the audiobook; the same changes
    nothing. ``description`` tells a listener who cannot see it what is on it. Raises ``NotFound``;
    ``Invalid``.
    """
    description = description.strip()
    if not 1 <= len(description) <= 300:
        raise Invalid("bad_description", "Describe the cover in 1 to 300 characters.")
    from audiobooks.media.pictures import cover_pictures  # noqa: PLC0415 -- it takes 2 MB, for curators alone

    sha256, pictures = cover_pictures(image)
    storage.cover_store(sha256, pictures)
    with transaction.atomic():
        audiobook = _locked(audiobook_id)
        cover = Cover(audiobook=audiobook, sha256=sha256, description=description)
        if not Cover.objects.filter(audiobook=audiobook, sha256=sha256, description=description).exists():
            cover.save()
            audiobook.version += 1
            audiobook.save(update_fields=["version", "updated_at"])
        return cover


def source_file_verify(*, source_file_id: UUID, now: datetime) -> SourceFile:
    """
    Read a file again, compare its SHA-256 with the row, and record what was found at ``now`` (aware UTC).

    Raises ``NotFound``.
    """
    with transaction.atomic():
        file = SourceFile.objects.select_for_update().filter(pk=source_file_id).first()
        if file is None:
            raise NotFound("audio_unknown", f"There is no audio file {source_file_id}.")
        return _verified(file, now)


def stored_audio_verify(*, limit: int, now: datetime, patience_s: float = 30) -> list[SourceFile]:
    """
    Verify up to ``limit`` files, the least recently verified first, none twice a day; ``now`` is aware UTC.

    None is begun after ``patience_s``: what shares the worker need not wait for long.

    Each file is a transaction: what is found stays found when the process dies. Several processes at once
    share the work (SKIP LOCKED).
    """
    due = Q(verified_at=None) | Q(verified_at__lte=now - VERIFY_AFTER)
    least_recent = SourceFile.objects.filter(due).order_by(F("verified_at").asc(nulls_first=True), "id")
    files: list[SourceFile] = []
    until = time.monotonic() + patience_s
    while len(files) < limit and time.monotonic() < until:
        with transaction.atomic():
            file = least_recent.select_for_update(skip_locked=True).first()
            if file is None:
                break
            files.append(_verified(file, now))
    return files


def _verified(file: SourceFile, now: datetime) -> SourceFile:
    file.state = _state_on_disk(file)
    file.verified_at = now
    file.save(update_fields=["state", "verified_at"])
    if file.state != SourceFile.State.INTACT:
        log.error(
            "Audio file %s (sha256 %s) is %s: store it again from a copy.", file.id, file.sha256, file.state
        )
    return file


def _state_on_disk(file: SourceFile) -> SourceFile.State:
    try:
        found = storage.audio_sha256(file.sha256)
    except FileNotFoundError:
        return SourceFile.State.MISSING
    except OSError:  # a failing disk must not keep the check from the files behind this one
        log.exception("Audio file %s cannot be read", file.id)
        return SourceFile.State.CORRUPT
    return SourceFile.State.INTACT if found == file.sha256 else SourceFile.State.CORRUPT


def _locked(audiobook_id: UUID) -> Audiobook:
    audiobook = Audiobook.objects.select_for_update().filter(pk=audiobook_id).first()
    if audiobook is None:
        raise NotFound("audiobook_unknown", f"There is no audiobook {audiobook_id}.")
    return audiobook


def _opening(content: bytes | Path) -> bytes:
    if isinstance(content, bytes):
        return content[:8]
    with content.open("rb") as file:
        return file.read(8)
