"""The people and rows that the contract's tests are about, with ids that are the same in every run."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from cast import (
    PASSWORD,
    make_audiobook,
    make_book,
    make_chapters,
    make_genre,
    make_person,
    make_publisher,
    make_series,
    make_user,
)
from contract.belongings import id_number, make_export, make_library, make_listening, make_reviews
from django.db import connection
from django.utils import timezone

from audiobooks.accounts.devices import Device
from audiobooks.accounts.models import User
from audiobooks.accounts.services.sessions import session_begin
from audiobooks.accounts.tokens import access_token_for
from audiobooks.catalog.models import Audiobook, Credit, PersonRedirect
from audiobooks.catalog.rest.etags import etag_for
from audiobooks.enrichment.models import Lookup, Proposal
from audiobooks.library.models import Bookmark, Follow, Shelf, ShelfItem
from audiobooks.library.services import grant_give
from audiobooks.media.models import Job, JobSource, Rendition, SourceFile, Upload
from audiobooks.playback.models import PlaybackSession, PositionConflict
from audiobooks.reviews.models import Review
from audiobooks.rights.models import Export
from lab_rest.preconditions import etag_of

ROLES = ("anonymous", "without grant", "owner", "curator", "staff")


@dataclass(frozen=True)
class Scene:
    """Who asks, and what there is to ask for."""

    users: dict[str, User]
    tokens: dict[str, str]  # access tokens by role
    refresh_tokens: dict[str, str]
    sessions: dict[str, UUID]  # a second session of each user: the one their access token is not of
    audiobooks: list[Audiobook]  # open and ready, restricted, draft, withdrawn
    people: list[Any]
    hidden_person: Any  # credited on what is restricted alone
    books: list[Any]
    series: Any
    publisher: Any
    merged_id: UUID
    uploads: dict[str, Upload]  # by role, finished
    jobs: list[Job]  # the curator's: queued, failed
    proposals: list[Proposal]  # of the restricted one: open, rejected
    sittings: list[PlaybackSession]  # the owner's, with what is restricted: on the phone, on the tablet
    conflicts: list[PositionConflict]  # between them: open, settled
    shelf: Shelf  # the owner's, with an item on it, and a bookmark
    item: ShelfItem
    bookmark: Bookmark
    follow: Follow  # the owner's
    export: Export  # the owner's, done
    reviews: list[
        Review
    ]  # the owner's (reported) and the curator's, of what is restricted; the owner's, hidden

    @property
    def restricted(self) -> Audiobook:
        return self.audiobooks[1]

    @property
    def values(self) -> dict[str, list[str]]:
        """Values that exist, by the name of the member or parameter that they are for."""
        return {
            "book": [str(book.pk) for book in self.books],
            "audiobook": [str(one.pk) for one in self.audiobooks],
            "series": [str(self.series.pk)],
            "into": [str(person.pk) for person in self.people],
            "person": [str(person.pk) for person in self.people],
            "publisher": [str(self.publisher.pk)],
            "genres": ["novel"],
            "username": [self.users["owner"].username],
            "password": [PASSWORD],
            "current_password": [PASSWORD],
            "refresh_token": list(self.refresh_tokens.values()),
            "isbn": ["978-0-14-143958-7", "0-306-40615-2"],
            "position": ["1", "2"],
            "after": [str(self.restricted.pk)],
            "device": [str(sitting.device.client_id) for sitting in self.sittings],
        }

    def ids_in(self, path: str) -> list[UUID]:
        """Return the ids that exist for an address of this path template."""
        kind = path.removeprefix("/api/v1/").partition("/{")[0]
        return {
            "audiobooks": [one.pk for one in self.audiobooks],
            "books": [one.pk for one in self.books],
            "people": [*[one.pk for one in self.people], self.merged_id],
            "series": [self.series.pk],
            "uploads": [upload.pk for upload in self.uploads.values()],
            "jobs": [*(job.pk for job in self.jobs), self.export.pk],
            "lookups": [proposal.lookup_id for proposal in self.proposals],
            "proposals": [proposal.pk for proposal in self.proposals],
            "playback": [sitting.pk for sitting in self.sittings],
            "me/library": [one.pk for one in self.audiobooks],
            "me/shelves": [self.shelf.client_id],
            "me/shelf-items": [self.item.pk],
            "me/bookmarks": [self.bookmark.client_id],
            "me/conflicts": [conflict.pk for conflict in self.conflicts],
            "auth/sessions": list(self.sessions.values()),
            "me/follows": [self.follow.pk],
            "reviews": [review.pk for review in self.reviews],
            "staff/reviews": [review.pk for review in self.reviews],
        }[kind]

    def etag(self, row_id: object) -> str:
        """Return the ETag of the thing with this id."""
        for row in (*self.audiobooks, *self.books, *self.people, self.hidden_person):
            if str(row.pk) == str(row_id):
                return etag_for(row)
        if str(row_id) in [str(proposal.pk) for proposal in self.proposals]:
            return etag_of(self.restricted.pk, self.restricted.version)  # what it changes
        return etag_of(row_id, 1)


def make_scene() -> Scene:
    now = timezone.now()
    users = {
        role: make_user(
            role.replace(" ", "-"), role={"curator": "curator", "staff": "staff"}.get(role, "listener")
        )
        for role in ROLES[1:]
    }
    here = {
        role: session_begin(user=user, device=Device("Here", None), now=now) for role, user in users.items()
    }
    there = {
        role: session_begin(user=user, device=Device("There", None), now=now) for role, user in users.items()
    }
    people = [make_person(f"Person {n}", id=id_number(n)) for n in range(1, 4)]
    genre, publisher = make_genre("novel"), make_publisher("North")
    books = [make_book(f"Book {n}", id=id_number(0x100 + n)) for n in range(1, 4)]
    for book in books:
        book.genres.add(genre)
    states: list[dict[str, Any]] = [
        {},
        {"access": "restricted"},
        {"status": "draft"},
        {"status": "withdrawn"},
    ]
    audiobooks = [
        make_audiobook(
            f"Audiobook {n}",
            id=id_number(0x200 + n),
            book=books[n % 2],
            publisher=publisher,
            duration_ms=60_000,
            authors=[people[0]],
            narrators=[people[1]],
            **but,
        )
        for n, but in enumerate(states)
    ]
    for n, audiobook in enumerate(audiobooks):
        make_chapters(audiobook, 30_000, 30_000)
        SourceFile.objects.create(
            audiobook=audiobook,
            position=1,
            start_ms=0,
            duration_ms=60_000,
            media_type="audio/mp4",
            codec="aac",
            sample_rate_hz=22_050,
            channels=1,
            size_bytes=1_000,
            sha256=f"{n:064x}",
        )
        for kind in ("m4b", "hls"):
            Rendition.objects.create(
                audiobook=audiobook,
                kind=kind,
                media_type="audio/mp4",
                size_bytes=1_000,
                sha256=f"{0x100 + n:064x}",
                source_lufs=-20,
                gain_db=2,
                created_at=now,
            )
    uploads = {
        role: Upload.objects.create(
            id=id_number(0x300 + n),
            curator=users[role],
            file_name="emma.m4b",
            size_bytes=1_000,
            offset_bytes=1_000,
            sha256=f"{n:064x}",
            created_at=now,
            finished_at=now,
            expires_at=now + Upload.LIFETIME,
        )
        for n, role in enumerate(("curator", "staff"))
    }
    jobs = [
        Job.objects.create(
            id=id_number(0x400 + n),
            curator=users["curator"],
            digest=state,
            state=state,
            created_at=now,
            changed_at=now,
        )
        for n, state in enumerate(("queued", "failed"))
    ]
    for job in jobs:
        JobSource.objects.create(
            job=job, position=1, upload=uploads["curator"], file_name="emma.m4b", sha256="0" * 64
        )
    grant_give(user_id=users["owner"].pk, audiobook_id=audiobooks[1].pk)
    lookup = Lookup.objects.create(
        audiobook=audiobooks[1], state="done", title="2", created_at=now, changed_at=now
    )
    proposals = [
        Proposal.objects.create(
            id=id_number(0x500 + n),
            audiobook=audiobooks[1],
            lookup=lookup,
            field="subtitle",
            proposed_value=f"Subtitle {n}",
            source="https://openlibrary.org/books/OL1M",
            fetched_at=now,
            state=state,
        )
        for n, state in enumerate(("open", "rejected"))
    ]
    sittings, conflicts = make_listening(users["owner"], audiobooks[1])
    hidden_person = make_person("Person 4", id=id_number(4))
    Credit.objects.create(audiobook=audiobooks[1], person=hidden_person, role="editor", position=1)
    PersonRedirect.objects.create(old_id=id_number(9), person=people[0])
    series = make_series("Series", books[1])
    follow = Follow.objects.create(user=users["owner"], series=series, created_at=now)
    return Scene(
        users=users,
        tokens={
            role: access_token_for(user.principal, now=now, session_id=here[role].session.pk).text
            for role, user in users.items()
        },
        refresh_tokens={role: tokens.refresh_token for role, tokens in here.items()},
        sessions={role: tokens.session.pk for role, tokens in there.items()},
        audiobooks=audiobooks,
        people=people,
        hidden_person=hidden_person,
        books=books,
        series=series,
        follow=follow,
        publisher=publisher,
        merged_id=id_number(9),
        uploads=uploads,
        jobs=jobs,
        proposals=proposals,
        sittings=sittings,
        conflicts=conflicts,
        export=make_export(users["owner"]),
        reviews=make_reviews(users, audiobooks),
        **make_library(users["owner"], audiobooks[1]),
    )


def count(node: pytest.Item, what: str, number: int = 1) -> None:
    """Count for the summary (conftest.py); the number travels with the test's report, from another process too."""
    counted = dict(node.user_properties)
    node.user_properties[:] = list((counted | {what: int(counted.get(what, 0)) + number}).items())


def rows_written() -> int:
    """Return how many rows this transaction has inserted, changed or deleted so far, undone ones too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_all_tables")
        return int(cursor.fetchone()[0])
