"""What the demo's people have heard: told by devices of theirs, through the services that every device goes through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID, uuid5

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Audiobook
from audiobooks.catalog.selectors import audiobooks_visible_to, people_credited, series_visible_to
from audiobooks.library.models import LibraryEntry
from audiobooks.library.services import bookmark_put, entry_put, follow_begin, item_put, shelf_put
from audiobooks.library.services.bookmarks import BookmarkDetails
from audiobooks.playback.models import PlaybackSession
from audiobooks.playback.services import OfflineSession, Told, positions_sync

TICK_MS = 5_000
EVERYTHING = 10**9  # more revisions than there are


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody heard the first so many per cent of their n-th recording, some days ago, on a device."""

    recording: int
    percent: int
    days_ago: int
    device: str
    speed_percent: int = 100
    is_unaware: bool = False  # of what any other device has told


# Bo's phone and kitchen radio go different ways in the longest recording, offline both: that is a conflict.
HISTORIES = {
    "ada": [Sitting(0, 40, 2, "Desk", 150)],
    "bo": [
        Sitting(3, 100, 6, "Phone"),
        Sitting(1, 55, 4, "Phone", 125),
        Sitting(2, 30, 1, "Tablet"),
        Sitting(1, 80, 0, "Tablet"),
        Sitting(0, 95, 1, "Phone", is_unaware=True),
        Sitting(0, 25, 0, "Kitchen radio", is_unaware=True),
    ],
    "cy": [Sitting(3, 20, 3, "Kitchen radio")],
}
STATES = {
    "bo": [(3, LibraryEntry.State.FINISHED), (4, LibraryEntry.State.WISHLIST)],
    "cy": [(1, LibraryEntry.State.WISHLIST), (2, LibraryEntry.State.ABANDONED)],
}


def listening_store(users: Mapping[str, User], *, now: datetime) -> None:
    """Give Ada, Bo and Cy their histories, unless they have listened already; ``now`` is aware UTC."""
    for name, sittings in HISTORIES.items():
        user = users[name]
        if PlaybackSession.objects.filter(user=user).exists():
            continue
        ready = audiobooks_visible_to(user.principal).filter(status=Audiobook.Status.READY)
        recordings = list(ready.filter(access=Audiobook.Access.OPEN).order_by("-duration_ms", "id")[:5])
        if not recordings:
            continue
        for device in sorted({sitting.device for sitting in sittings}):
            own = [sitting for sitting in sittings if sitting.device == device]
            tell(user, device, [(recordings[one.recording % len(recordings)], one) for one in own], now=now)
        for number, state in STATES.get(name, []):
            audiobook = recordings[number % len(recordings)]
            entry_put(
                principal=user.principal, user_id=user.id, audiobook_id=audiobook.id, state=state, now=now
            )
    if "bo" in users:
        shelf_store(users["bo"], now=now)
        taste_store(users["bo"], now=now)


def tell(user: User, device: str, heard: list[tuple[Audiobook, Sitting]], *, now: datetime) -> None:
    """Tell what a device heard, as it would after a week offline."""
    numbers = count(1)
    sessions, told = [], []
    for audiobook, sitting in heard:
        end_ms = audiobook.duration_ms * sitting.percent // 100
        lasted = timedelta(milliseconds=end_ms * 100 // sitting.speed_percent)
        started_at = now - timedelta(days=sitting.days_ago) - lasted
        session = OfflineSession(
            uuid5(user.id, f"{device}:{audiobook.id}"),
            audiobook.id,
            started_at,
            seen_revision=0 if sitting.is_unaware else EVERYTHING,
        )
        sessions.append(session)
        for start_ms in range(0, end_ms, TICK_MS):
            position_ms = min(start_ms + TICK_MS, end_ms)
            at = started_at + timedelta(milliseconds=position_ms * 100 // sitting.speed_percent)
            event = Told(
                next(numbers), at, 0, position_ms, start_ms, sitting.speed_percent, session_id=session.id
            )
            told.append(event)
    positions_sync(
        principal=user.principal,
        device=(uuid5(user.id, device), device),
        sent_at=now,
        sessions=sessions,
        told=told,
        now=now,
    )


def shelf_store(user: User, *, now: datetime) -> None:
    """Give Bo a shelf with what he listens to, a bookmark and a clip; putting them twice is putting them once."""
    mine = (
        LibraryEntry.objects.filter(user=user).order_by("audiobook__sort_title").select_related("audiobook")
    )
    audiobooks = [entry.audiobook for entry in mine[:3]]
    shelf_id = own_id(user, "shelf")
    shelf_put(user_id=user.id, client_id=shelf_id, name="For the train", now=now)
    for audiobook in audiobooks:
        item_put(
            principal=user.principal,
            user_id=user.id,
            client_id=shelf_id,
            audiobook_id=audiobook.id,
            after_id=None,
            at_end=False,
        )
    for audiobook in audiobooks[:1]:
        for key, end_ms, note in (("bookmark", None, "Read this to Cy"), ("clip", 8_000, "How it begins")):
            details = BookmarkDetails(audiobook.id, 2_000, end_ms, note)
            bookmark_put(
                principal=user.principal,
                user_id=user.id,
                client_id=own_id(user, key),
                details=details,
                now=now,
            )


def taste_store(user: User, *, now: datetime) -> None:
    """Have Bo finish the first of a series and follow an author and a series, so that his home page proposes something."""
    visible = audiobooks_visible_to(user.principal)
    for audiobook in visible.filter(title="A Study in Scarlet"):
        entry_put(
            principal=user.principal,
            user_id=user.id,
            audiobook_id=audiobook.id,
            state=LibraryEntry.State.FINISHED,
            now=now,
        )
    for person in people_credited(user.principal).filter(name="Émile Zola"):
        follow_begin(user.principal, user_id=user.id, person_id=person.pk, series_id=None, now=now)
    for series in series_visible_to(user.principal).filter(name="Voyages extraordinaires"):
        follow_begin(user.principal, user_id=user.id, person_id=None, series_id=series.pk, now=now)


def own_id(user: User, key: str) -> UUID:
    """Return the id that Bo's device would have made at random."""
    return uuid5(user.id, f"demo:{key}")
