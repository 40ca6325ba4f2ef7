"""
Renditions: what listeners are sent, made from a recording's files, and made anew when those, or its chapters, change.

Making them may be done again at any time, by any number of workers, and die at any point: the bytes lie at content
addresses, and the rows that name them change in one transaction, where a recipe is still the recording's.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from audiobooks.catalog.models import Audiobook, Chapter
from audiobooks.catalog.services.recordings import ChapterDetails
from audiobooks.errors import NotFound
from audiobooks.media import packaging, storage
from audiobooks.media.alone import alone
from audiobooks.media.models import Job, Rendering, Rendition, SourceFile
from audiobooks.media.rendering import Progress, Sound, Source, levelled, levels_of
from audiobooks.media.sniffing import HEAD_BYTES, demuxers_for

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
MADE_BY = "render-1"  # change it when the same files would sound different
AT_ONCE = 1000  # recordings, of one tick
PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(days=1)
NIL = UUID(int=0)  # of the one renderer


@dataclass(frozen=True, slots=True)
class StoredSound:
    """What of a stored file goes into renditions."""

    sha256: str
    duration_ms: int
    channels: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a recording's renditions are made from."""

    title: str
    files: tuple[StoredSound, ...]
    chapters: tuple[ChapterDetails, ...]

    @property
    def digest(self) -> str:
        """Its SHA-256: the same recipe gives the same bytes."""
        return hashlib.sha256(repr((MADE_BY, self)).encode()).hexdigest()

    def sound(self) -> Sound:
        """Return the files as one sound. Mono stays mono."""
        layout = "stereo" if any(file.channels > 1 for file in self.files) else "mono"
        return Sound([_source(file) for file in self.files], layout)


def renditions_made(
    recipe: Recipe, *, measuring: Progress, rendering: Progress, clock: Clock
) -> list[Rendition]:
    """
    Measure a sound once, decode it once more for all that is made of it, and store that.

    The renditions are not rows yet: whoever called makes them so, with ``renditions_set``.
    """
    sound = recipe.sound()
    levels = levels_of(sound, progress=measuring)
    with storage.aside_folder() as folder:
        packaging.package(
            levelled(sound, levels, progress=rendering),
            folder,
            layout=sound.layout,
            chapters=recipe.chapters,
            tags={"title": recipe.title, "album": recipe.title},
        )
        book = storage.audio_store(folder / packaging.M4B)
        streams = storage.stream_store(folder, list(packaging.MEDIA_TYPES))
    return [
        Rendition(
            kind=kind,
            media_type=media_type,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            source_lufs=levels.source.integrated_lufs,
            gain_db=levels.gain_db,
            created_at=clock(),
        )
        for kind, media_type, stored in (
            (Rendition.Kind.M4B, "audio/mp4", book),
            (Rendition.Kind.HLS, packaging.PLAYLIST_TYPE, streams),
        )
    ]


def renditions_set(
    audiobook: Audiobook, recipe: Recipe, renditions: Iterable[Rendition], *, now: datetime
) -> None:
    """Make renditions a recording's, inside the caller's transaction; those that differ are replaced."""
    current = Rendition.objects.filter(audiobook=audiobook, replaced_at=None)
    for rendition in renditions:
        same_kind = current.filter(kind=rendition.kind)
        same_kind.exclude(sha256=rendition.sha256).update(replaced_at=now)
        if not same_kind.exists():
            rendition.audiobook = audiobook
            rendition.save()
    as_it_is, of_now = _recipe_of(audiobook.pk)
    is_of_now = of_now == recipe  # a curator may have changed the title meanwhile: then it is due at once
    _noted(audiobook, as_it_is.version if is_of_now else 0, made_from=recipe.digest)


def renditions_forget(audiobook: Audiobook) -> None:
    """Take a recording's renditions away, inside the caller's transaction: its files are others now."""
    Rendition.objects.filter(audiobook=audiobook, replaced_at=None).update(replaced_at=Now())
    Rendering.objects.filter(audiobook=audiobook).delete()


def renditions_due(*, limit: int, now: datetime) -> list[UUID]:
    """Return recordings that have no renditions of what they are at ``now`` (aware UTC), and whose files are intact. 1 query."""
    due = Q(rendering=None) | ~Q(rendering__version=F("version")) | Q(rendering__due_at__lte=now)
    damaged = SourceFile.objects.exclude(state=SourceFile.State.INTACT).values("audiobook")
    recordings = Audiobook.objects.filter(due, pk__in=SourceFile.objects.values("audiobook"))
    return list(recordings.exclude(pk__in=damaged).order_by("pk").values_list("pk", flat=True)[:limit])


def renditions_catch_up(*, clock: Clock) -> None:
    """
    Make the renditions that are due, one recording after the other, unless another worker does.

    Where a curator's job waits, the rest is left for the next tick. What fails is told to the log, and tried again later.
    """
    with alone("renderer", NIL) as is_alone:
        for audiobook_id in renditions_due(limit=AT_ONCE, now=clock()) if is_alone else ():
            if Job.objects.filter(state=Job.State.QUEUED).exists():
                return
            try:
                renditions_make(audiobook_id=audiobook_id, clock=clock)
            except Exception:
                log.exception("Audiobook %s has no renditions", audiobook_id)


def renditions_make(*, audiobook_id: UUID, clock: Clock) -> None:
    """
    Make a recording's renditions, where it has none of what it is; ``clock`` gives aware UTC.

    Does nothing where another worker is at it. Raises ``NotFound``; what a file or the disk is to blame for, once it is
    noted, with the time to try again.
    """
    with alone("renditions", audiobook_id) as is_alone:
        if not is_alone:
            return
        audiobook, recipe = _recipe_of(audiobook_id)
        made = Rendering.objects.filter(audiobook=audiobook).first()
        try:
            renditions = (
                []
                if made and made.made_from == recipe.digest
                else renditions_made(recipe, measuring=_nothing, rendering=_nothing, clock=clock)
            )
        except Exception as error:
            attempts = (made.attempts if made else 0) + 1
            pause = min(PAUSE * 2 ** min(attempts, 20), LONGEST_PAUSE)
            reason = f"{type(error).__name__}: {error}"[:500]
            _noted(audiobook, audiobook.version, attempts=attempts, reason=reason, due_at=clock() + pause)
            raise
        with transaction.atomic():
            if _recipe_of(audiobook_id, for_update=True)[1] != recipe:
                log.info("Audiobook %s changed while its renditions were made: once more", audiobook_id)
                return
            renditions_set(audiobook, recipe, renditions, now=clock())


def replaced_renditions_delete(*, now: datetime) -> int:
    """Delete renditions, and their bytes, that were replaced long before ``now`` (aware UTC); return how many."""
    deleted = 0
    for rendition in Rendition.objects.filter(replaced_at__lte=now - Rendition.KEPT):
        with alone("renditions", rendition.audiobook_id) as is_alone:
            if not is_alone:  # the same bytes may be on their way to be a row again
                continue
            same = Rendition.objects.filter(sha256=rendition.sha256).exclude(pk=rendition.pk)
            if not same.exists():
                delete = (
                    storage.stream_delete if rendition.kind == Rendition.Kind.HLS else storage.audio_delete
                )
                delete(rendition.sha256)
            rendition.delete()
            deleted += 1
    storage.leftovers_delete(untouched_since_s=(now - Rendition.KEPT).timestamp())
    return deleted


def _recipe_of(audiobook_id: UUID, *, for_update: bool = False) -> tuple[Audiobook, Recipe]:
    rows = Audiobook.objects.select_for_update() if for_update else Audiobook.objects
    audiobook = rows.filter(pk=audiobook_id).first()
    if audiobook is None:
        raise NotFound("audiobook_unknown", f"There is no audiobook {audiobook_id}.")
    files = audiobook.source_files.order_by("position").values_list("sha256", "duration_ms", "channels")
    positioned = Chapter.objects.filter(audiobook=audiobook).order_by("position")
    chapters = positioned.values_list("title", "start_ms", "end_ms")
    return audiobook, Recipe(
        title=audiobook.title,
        files=tuple(StoredSound(*file) for file in files),
        chapters=tuple(ChapterDetails(*chapter) for chapter in chapters),
    )


def _noted(audiobook: Audiobook, version: int, **found: object) -> None:
    nothing = {"made_from": "", "attempts": 0, "reason": "", "due_at": None}
    Rendering.objects.update_or_create(audiobook=audiobook, defaults=nothing | {"version": version} | found)


def _source(file: StoredSound) -> Source:
    path = storage.path_of(storage.audio_name(file.sha256))
    with path.open("rb") as opened:
        return Source(path, demuxers_for(opened.read(HEAD_BYTES)), file.duration_ms)


def _nothing(_share: float) -> None:
    """Nobody is told how far it is."""
