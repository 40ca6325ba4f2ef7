"""Stored audio and its addresses, and what the media process answers."""

from typing import Any

import httpx
from cast import make_audiobook, make_chapters
from django.utils import timezone
from media.tones import tones_m4a

from audiobooks.catalog.models import Audiobook
from audiobooks.media import services, storage
from audiobooks.media.addresses import audio_address
from audiobooks.media.models import SourceFile


def make_file(audiobook=None, position=1, start_ms=0, content=b"") -> SourceFile:
    return services.source_file_store(
        audiobook_id=(audiobook or make_audiobook()).id,
        position=position,
        start_ms=start_ms,
        content=content or tones_m4a(440),
    )


def make_streamed(*frequencies_hz: int, seconds_each: int = 2, **but: Any) -> Audiobook:
    """Return a recording, a chapter for each tone, with its renditions."""
    audiobook = make_audiobook(**but)
    for position, hz in enumerate(frequencies_hz, 1):
        content = tones_m4a(hz, seconds_each=seconds_each)
        make_file(audiobook, position, (position - 1) * seconds_each * 1000, content)
    make_chapters(audiobook, *[seconds_each * 1000] * len(frequencies_hz))
    Audiobook.objects.filter(pk=audiobook.pk).update(duration_ms=seconds_each * 1000 * len(frequencies_hz))
    services.renditions_make(audiobook_id=audiobook.id, clock=timezone.now)
    return audiobook


def address(file, user, now=None) -> str:
    return audio_address(file.id, user_id=user.id, now=now or timezone.now()).url


def bytes_of(file) -> bytes:
    return storage.path_of(storage.audio_name(file.sha256)).read_bytes()


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].partition("#")[2]
