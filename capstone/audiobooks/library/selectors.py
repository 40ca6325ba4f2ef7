"""Who may hear what, and where the sound is; who follows whom."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from audiobooks.catalog.models import Audiobook, Chapter, Credit, SeriesEntry
from audiobooks.catalog.selectors import audiobook_visible_to, audiobooks_visible_to
from audiobooks.errors import NotAllowed, NotFound
from audiobooks.library.models import Bookmark, Follow, Grant, LibraryEntry, Shelf, ShelfItem
from audiobooks.media.addresses import audio_address, rendition_path, signed_address, stream_address
from audiobooks.media.models import Rendition
from audiobooks.media.packaging import ADAPTIVE, INDEX, PLAYLIST_TYPE, STREAMS
from audiobooks.media.selectors import rendition_of, source_file_covering
from audiobooks.principal import Principal


@dataclass(frozen=True, slots=True)
class ChapterAudio:
    """Where a chapter's sound is: [start_ms, end_ms) of the file at ``url``, which opens until ``expires_at``."""

    url: str
    expires_at: datetime
    media_type: str
    size_bytes: int
    start_ms: int
    end_ms: int


def audiobook_to_hear(principal: Principal, audiobook_id: UUID) -> Audiobook:
    """
    Return an audiobook this caller may hear. 1 query, 2 for a restricted one.

    Raises ``NotFound`` where the caller may not know of it, ``NotAllowed("grant_required")`` where they may not hear it.
    """
    audiobook = audiobook_visible_to(principal, audiobook_id)
    needs_grant = audiobook.access == Audiobook.Access.RESTRICTED and not principal.is_curator
    if needs_grant and not Grant.objects.filter(user=principal.user_id, audiobook=audiobook).exists():
        raise NotAllowed(
            "grant_required", "This audiobook is restricted: ask a curator for a grant to hear it."
        )
    return audiobook


def audiobooks_to_hear(principal: Principal) -> QuerySet[Audiobook]:
    """Return the recordings this caller may hear: those they may know of, and of the restricted ones those granted."""
    visible = audiobooks_visible_to(principal)
    if principal.is_curator:
        return visible
    granted = Grant.objects.filter(user=principal.user_id, audiobook=OuterRef("pk"))
    return visible.filter(~Q(access=Audiobook.Access.RESTRICTED) | Exists(granted))


@dataclass(frozen=True, slots=True)
class Download:
    """Where a whole recording is: the file at ``url``, which opens until ``expires_at``."""

    url: str
    expires_at: datetime
    media_type: str
    size_bytes: int


def audiobook_download(principal: Principal, user_id: UUID, audiobook_id: UUID, *, now: datetime) -> Download:
    """
    Return a signed address, bound to the caller, of a recording as one M4B. At most 3 queries.

    ``now`` is aware UTC. Raises ``NotFound``, ``NotAllowed``.
    """
    audiobook = audiobook_to_hear(principal, audiobook_id)
    rendition = rendition_of(audiobook.pk, Rendition.Kind.M4B)
    address = signed_address(rendition_path(rendition.pk), user_id=user_id, now=now)
    return Download(address.url, address.expires_at, rendition.media_type, rendition.size_bytes)


@dataclass(frozen=True, slots=True)
class Variant:
    """A stream of one bit rate: the media playlist at ``url``, in what RFC 6381 calls ``codecs``."""

    url: str
    codecs: str
    bit_rate_bps: int
    is_adaptive: bool


@dataclass(frozen=True, slots=True)
class AudiobookStream:
    """Where a whole recording is streamed from: the multivariant playlist at ``url``, which opens until ``expires_at``."""

    url: str
    expires_at: datetime
    media_type: str
    duration_ms: int
    variants: list[Variant]


def audiobook_stream(
    principal: Principal, user_id: UUID, audiobook_id: UUID, *, now: datetime
) -> AudiobookStream:
    """
    Return signed addresses, bound to the caller, of a recording as HLS. At most 3 queries.

    They share one prefix, which opens all that lies under it. ``now`` is aware UTC. Raises ``NotFound``, ``NotAllowed``.
    """
    audiobook = audiobook_to_hear(principal, audiobook_id)
    rendition = rendition_of(audiobook.pk, Rendition.Kind.HLS)
    address = stream_address(rendition.pk, INDEX, user_id=user_id, now=now)
    prefix = address.url.removesuffix(INDEX)
    return AudiobookStream(
        url=address.url,
        expires_at=address.expires_at,
        media_type=PLAYLIST_TYPE,
        duration_ms=audiobook.duration_ms,
        variants=[
            Variant(prefix + stream.playlist, stream.codecs, stream.bit_rate_bps, stream in ADAPTIVE)
            for stream in STREAMS
        ],
    )


def chapter_audio(principal: Principal, audiobook_id: UUID, position: int, *, now: datetime) -> ChapterAudio:
    """
    Return a signed address, bound to the caller, of the file that holds a chapter. At most 4 queries.

    ``position`` counts from 1; ``now`` is aware UTC. Raises ``NotFound``, ``NotAllowed``.
    """
    audiobook = audiobook_to_hear(principal, audiobook_id)
    chapter = Chapter.objects.filter(audiobook=audiobook, position=position).first()
    if chapter is None or principal.user_id is None:
        raise NotFound("chapter_unknown", f"This audiobook has no chapter {position}: chapters/ lists them.")
    file = source_file_covering(audiobook.id, chapter.start_ms)
    address = audio_address(file.id, user_id=principal.user_id, now=now)
    return ChapterAudio(
        url=address.url,
        expires_at=address.expires_at,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        start_ms=chapter.start_ms - file.start_ms,
        end_ms=chapter.end_ms - file.start_ms,
    )


def follows_of(user_id: UUID | None) -> QuerySet[Follow]:
    """Return what a user follows, with its name. 1 query."""
    there = Q(person__name__isnull=False) | Q(series__isnull=False)  # not: merged, and about to be moved
    return Follow.objects.filter(there, user=user_id).select_related("person", "series")


def follows_matching(audiobook_id: UUID) -> QuerySet[Follow]:
    """Return the follows, of everybody, of a recording's people and of its work's series."""
    people = Credit.objects.filter(audiobook=audiobook_id).values("person")
    series = SeriesEntry.objects.filter(book__audiobooks=audiobook_id).values("series")
    return Follow.objects.filter(Q(person__in=people) | Q(series__in=series))


def followed_names(user_id: UUID, audiobook_id: UUID) -> list[str]:
    """Return what a user follows of a recording, by name. 1 query."""
    follows = follows_matching(audiobook_id).filter(user=user_id).select_related("person", "series")
    return sorted(str(follow.person or follow.series) for follow in follows)


def entries_of(principal: Principal) -> QuerySet[LibraryEntry]:
    """Return what a listener has in their library and may still see. 1 query at any length."""
    visible = audiobooks_visible_to(principal)
    entries = LibraryEntry.objects.filter(user=principal.user_id, audiobook__in=visible)
    return entries.select_related("audiobook")


def shelves_of(user_id: UUID | None) -> QuerySet[Shelf]:
    """Return a listener's shelves, with the number of items on each. 1 query."""
    return Shelf.objects.filter(user=user_id).annotate(size=Count("items"))


def shelf_of(user_id: UUID, client_id: UUID) -> Shelf:
    """Return one of a listener's own shelves. 1 query. Raises ``NotFound`` for everybody else's too."""
    shelf = Shelf.objects.filter(user=user_id, client_id=client_id).first()
    if shelf is None:
        raise NotFound("shelf_unknown", "You have no such shelf: me/shelves/ lists yours.")
    return shelf


def items_on_shelves(principal: Principal) -> QuerySet[ShelfItem]:
    """Return what stands on a listener's shelves and they may still see. 1 query at any length."""
    visible = audiobooks_visible_to(principal)
    items = ShelfItem.objects.filter(shelf__user=principal.user_id, audiobook__in=visible)
    return items.select_related("audiobook", "shelf")


def items_of(principal: Principal, user_id: UUID, client_id: UUID) -> QuerySet[ShelfItem]:
    """Return what stands on one of a listener's shelves. 2 queries at any length. Raises ``NotFound``."""
    return items_on_shelves(principal).filter(shelf=shelf_of(user_id, client_id))


def bookmarks_of(principal: Principal) -> QuerySet[Bookmark]:
    """Return a listener's bookmarks and clips, in what they may still see. 1 query at any length."""
    visible = audiobooks_visible_to(principal)
    bookmarks = Bookmark.objects.filter(user=principal.user_id, audiobook__in=visible)
    return bookmarks.select_related("audiobook")
