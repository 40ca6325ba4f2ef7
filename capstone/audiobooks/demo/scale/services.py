"""Filling an installation with as many rows as a measurement wants, and saying what was planted among them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from audiobooks.accounts.models import User
from audiobooks.catalog.models import CATALOG, Audiobook
from audiobooks.catalog.services.cards import cards_fill
from audiobooks.demo.accounts import password_of
from audiobooks.discovery.services import documents_later, documents_rebuild
from lab_caching import bump

HERE = Path(__file__).parent
SCRIPTS = ("catalogue.sql", "listening.sql", "reviews.sql")
FILLED = (  # tables whose foreign keys are checked once they are full, which takes a tenth of the time
    "catalog_audiobook",
    "catalog_book_genres",
    "catalog_seriesentry",
    "catalog_credit",
    "catalog_chapter",
    "library_libraryentry",
    "library_revision",
    "playback_device",
    "playback_playbacksession",
    "playback_positionevent",
    "playback_eventreceipt",
    "playback_listeningposition",
    "playback_coverage",
    "playback_listeningday",
    "reviews_review",
    "catalog_rating",
)
STAGING = (
    "scale_size",
    "scale_genre",
    "scale_audiobook",
    "scale_user",
    "scale_drawn",
    "scale_listen",
    "scale_sitting",
)
MOST_EVENTS_EACH = 20  # of a position, on average: twice as many still fit into the shortest recording


class NotSeeded(Exception):
    """Nothing was made, and why: for who runs the command; no caller of the API meets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much to make; ``until`` is the day before which everything happened."""

    audiobooks: int
    users: int
    positions: int
    events: int
    seed: int
    until: date

    def check(self) -> None:
        """Raise ``NotSeeded`` for what cannot be made."""
        if min(self.audiobooks, self.users, self.positions, self.events) < 1:
            raise NotSeeded("Each number must be at least 1.")
        if not self.positions <= self.events <= MOST_EVENTS_EACH * self.positions:
            raise NotSeeded(f"A position has 1 to {MOST_EVENTS_EACH} events, on average.")

    def row(self) -> dict[str, Any]:
        """Return what the scripts read, by column."""
        return asdict(self) | {
            "publishers": max(1, self.audiobooks // 500),
            "people": max(10, self.audiobooks // 10),
            "series": 1 + self.audiobooks // 15,
            "planted": max(1, self.users // 500),
            "draws": 3 + 3 * self.positions // (2 * self.users),
            "password": make_password(password_of("listener")),
        }


@dataclass(frozen=True, slots=True)
class Labels:
    """What a detector should find, {kind: user ids}, and what a recommendation should: (user id, audiobook id)."""

    anomalies: dict[str, list[str]]
    held_out: list[tuple[str, str]]


@transaction.atomic
def scale_seed(*, size: Size, beside: bool, progress: Callable[[str], None]) -> Labels:
    """
    Make a catalogue, listeners, what they heard and said of it; all or nothing. ``progress`` is told each statement's first words.

    ``beside`` what is there already. Raises ``NotSeeded`` in production, where there is something and it was not asked
    for, where this seed is here, and for a size that cannot be.
    """
    size.check()
    if settings.BEHIND_HTTPS:
        raise NotSeeded("This installation serves real listeners: made-up ones stay out.")
    if Audiobook.objects.exists() and not beside:
        raise NotSeeded("There are recordings already: say --beside to add to them.")
    if User.objects.filter(username=f"listener-{size.seed}-1").exists():
        raise NotSeeded(f"All that seed {size.seed} makes is here already: choose another.")
    with connection.cursor() as cursor:
        documents_later()
        values = size.row()
        cursor.execute("SELECT set_config('scale.seed', %s, true)", [str(size.seed)])
        cursor.execute(
            """CREATE TEMP TABLE scale_size (audiobooks int, users int, positions int, events int, seed bigint, until date,
               publishers int, people int, series int, planted int, draws int, password text)"""
        )
        cursor.execute(
            f"INSERT INTO scale_size ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})",  # noqa: S608
            list(values.values()),
        )
        with without_foreign_keys(cursor, FILLED):
            for statement in statements():
                progress(statement.partition("\n")[0])
                cursor.execute(statement)
        progress("ANALYZE")
        cursor.execute(f"ANALYZE accounts_user, catalog_book, catalog_person, {', '.join(FILLED)}")
        labels = labels_of(cursor, size)
        cursor.execute(f"DROP TABLE {', '.join(STAGING)}")
    progress("the cards of the catalogue")
    cards_fill()
    progress("what search looks in")
    documents_rebuild()
    bump(CATALOG)
    return labels


def statements() -> Iterator[str]:
    """Yield the scripts' statements, one by one."""
    for script in SCRIPTS:
        lines = (line for line in (HERE / script).read_text().splitlines() if not line.startswith("--"))
        yield from filter(None, (statement.strip() for statement in "\n".join(lines).split(";\n")))


@contextmanager
def without_foreign_keys(cursor: Any, tables: Iterable[str]) -> Iterator[None]:
    """Take the tables' foreign keys away and put them back, checked; who else writes waits for it."""
    cursor.execute(
        """SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
           WHERE contype = 'f' AND conparentid = 0 AND conrelid = ANY(%s::text[]::regclass[]) ORDER BY 1, 2""",
        [list(tables)],
    )
    keys = cursor.fetchall()
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table that owes a check cannot be altered
    for table, name, _ in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def labels_of(cursor: Any, size: Size) -> Labels:
    """Return what was planted and what was held out. Raises ``NotSeeded`` where too few recordings are there to hear."""
    cursor.execute("SELECT count(*) FROM scale_sitting")
    (made,) = cursor.fetchone()
    if made < size.positions:
        raise NotSeeded(
            f"These listeners have {made} positions in these recordings: ask for fewer, or more books.",
        )
    cursor.execute(
        "SELECT anomaly, array_agg(id::text ORDER BY id) FROM scale_user WHERE anomaly IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    anomalies = dict(cursor.fetchall())
    cursor.execute(
        """SELECT pg_temp.id('user', user_n)::text, pg_temp.id('audiobook', audiobook_n)::text
           FROM scale_listen WHERE held_out ORDER BY user_n"""
    )
    return Labels(anomalies, cursor.fetchall())
