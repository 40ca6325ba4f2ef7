"""
How PostgreSQL finds what a listener asks for, among 20,000 places: no table of 10,000 rows or more is read from end to end.

``NEXUS_WRITE_PLANS=1 ./nexus test capstone/tests/playback/test_plans.py`` writes the plans down for the hub.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playback.listening import Player

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Audiobook
from audiobooks.demo.scale.services import Size, scale_seed
from audiobooks.library.models import LibraryEntry, Shelf
from audiobooks.playback.models import ListeningPosition

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
MANY = 10_000
PAGE = project.REPOSITORY_DIR / "docs/capstone/plans.md"
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")

# What the listeners' own tables hold besides what `seed_scale` makes: one of each for every place.
BESIDE = """
INSERT INTO library_bookmark (id, user_id, client_id, audiobook_id, start_ms, note, created_at, revision)
SELECT gen_random_uuid(), user_id, gen_random_uuid(), audiobook_id, 0, '', now(), revision FROM playback_listeningposition;
INSERT INTO library_shelf (id, user_id, client_id, name, created_at, revision)
SELECT gen_random_uuid(), id, gen_random_uuid(), 'Train', now(), 1 FROM accounts_user;
INSERT INTO library_shelfitem (id, shelf_id, audiobook_id, rank, revision)
SELECT gen_random_uuid(), shelf.id, audiobook_id, row_number() OVER (), place.revision
FROM playback_listeningposition AS place JOIN library_shelf AS shelf USING (user_id);
INSERT INTO library_tombstone (user_id, kind, object_id, revision, deleted_at)
SELECT user_id, 'bookmark', gen_random_uuid(), revision, now() FROM playback_listeningposition;
INSERT INTO playback_positionconflict (id, user_id, audiobook_id, low_device_id, low_position_ms, low_at, high_device_id,
    high_position_ms, high_at, generation, found_at, settled_at, settled_by, kept_device_id, settled_revision, revision)
SELECT gen_random_uuid(), user_id, audiobook_id, device_id, 0, now(), device_id, 1, now(), 0, now(), now(), 'user', device_id,
    revision, revision FROM playback_listeningposition;
INSERT INTO reviews_review (id, audiobook_id, user_id, overall, performance, story, text, is_spoiler, created_at, version,
    revision, helpful_count, open_reports, queued_at, hidden_for, hidden_note)
SELECT gen_random_uuid(), audiobook_id, user_id, 5, 5, 5, '', false, now(), 1, revision, 1, 0, now(), '', ''
FROM playback_listeningposition;
INSERT INTO reviews_helpfulvote (review_id, user_id, created_at)
SELECT review.id, voter.id, now() FROM reviews_review AS review
JOIN LATERAL (SELECT id FROM accounts_user WHERE id > review.user_id ORDER BY id LIMIT 1) AS voter ON true;
INSERT INTO lab_rest_idempotencyrecord (caller, route, key, fingerprint, status, headers, body, created_at)
SELECT user_id, 'api/v1/books/', revision, '', 201, '{}', '', now() FROM playback_listeningposition
ON CONFLICT DO NOTHING;
ANALYZE;
"""


@dataclass(frozen=True)
class Asked:
    """A request, its statements, and the plan of each."""

    name: str
    statements: list[str]
    plans: list[dict[str, Any]]


@pytest.fixture
def many(db) -> User:
    """Return the listener with the most places, of 11,000 with 20,000 places in 11,000 recordings."""
    size = Size(
        audiobooks=11_000, users=11_000, positions=20_000, events=60_000, seed=7, until=timezone.now().date()
    )
    scale_seed(size=size, beside=True, progress=lambda _: None)
    with connection.cursor() as cursor:
        for statement in BESIDE.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
    places = ListeningPosition.objects.values("user").annotate(count=Count("pk")).order_by("-count")
    return User.objects.get(pk=places[0]["user"])


def requests_of(user: User) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield what a listener's devices ask for all day."""
    phone = Player(user)
    client, me = phone.client, "/api/v1/me/"
    book = LibraryEntry.objects.filter(user=user, audiobook__access="open").first().audiobook
    other = Audiobook.objects.filter(status="ready", access="open").exclude(pk=book.pk).first()
    shelf = Shelf.objects.get(user=user).client_id
    sitting = phone.sitting(book)
    last = client.get(f"{me}changes/").json()["next"]
    for path in (
        "positions/",
        "library/",
        "library/?state=in_progress",
        "shelves/",
        f"shelves/{shelf}/items/",
        "bookmarks/",
        "conflicts/",
        "changes/?since=0",
        f"changes/?since={last - 1}",
        "stats/",
    ):
        yield (
            f"GET me/{path.replace(str(shelf), '{id}').replace(f'={last - 1}', '={the last but one}')}",
            (lambda path=path: client.get(me + path)),
        )
    yield "POST audiobooks/{id}/playback/", lambda: phone.begin(book)
    yield "POST playback/{id}/events/ (a tick)", lambda: phone.tell(phone.event(15_000))
    yield (
        "POST me/positions/sync/",
        lambda: phone.sync([sitting], [phone.event(2_000, session=sitting["id"])]),
    )
    yield (
        "PUT me/library/{id}/",
        lambda: client.put(f"{me}library/{other.pk}/", {"state": "wishlist"}, format="json"),
    )
    yield "DELETE me/library/{id}/", lambda: client.delete(f"{me}library/{other.pk}/")
    yield (
        "PUT me/bookmarks/{id}/",
        lambda: client.put(
            f"{me}bookmarks/{uuid4()}/", {"audiobook": str(book.pk), "start_ms": 1}, format="json"
        ),
    )
    yield (
        "POST me/shelves/{id}/items/",
        lambda: client.post(f"{me}shelves/{shelf}/items/", {"audiobook": str(other.pk)}, format="json"),
    )


def asked(name: str, ask: Callable[[], Any]) -> Asked:
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    assert answer.status_code < 300, (name, answer.content)
    statements = [query["sql"] for query in queries if query["sql"].startswith(VERBS)]
    statements = [one for one in statements if "pg_notify" not in one and "advisory" not in one]
    with connection.cursor() as cursor:
        plans = []
        for statement in statements:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement.replace('%', '%%')}", [])
            found = cursor.fetchone()[0]
            plans.append((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])
    return Asked(name, statements, plans)


def nodes(plan: dict[str, Any], depth: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    yield depth, plan
    for child in plan.get("Plans", []):
        yield from nodes(child, depth + 1)


def rows_in(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return int(cursor.fetchone()[0])


def read_through(one: Asked) -> list[str]:
    """Return the large tables that a request reads from end to end."""
    scanned = {
        node["Relation Name"]
        for plan in one.plans
        for _, node in nodes(plan)
        if node["Node Type"] == "Seq Scan"
    }
    return [f"{one.name}: {table}" for table in sorted(scanned) if rows_in(table) >= MANY]


def test_no_hot_request_reads_a_large_table_from_end_to_end(many):
    found = [asked(name, ask) for name, ask in requests_of(many)]

    assert [said for one in found for said in read_through(one)] == []
    assert min(rows_in(table) for table in LARGE) >= MANY
    if os.environ.get("NEXUS_WRITE_PLANS"):
        PAGE.write_text(page(found))
    assert requests_on(PAGE.read_text()) == [(one.name, len(one.statements)) for one in found]


def test_a_request_that_does_is_named(many):
    through = asked("by position", lambda: Anything(ListeningPosition.objects.filter(position_ms=7).count()))

    assert read_through(through) == ["by position: playback_listeningposition"]


class Anything:
    """An answer, for what is no request."""

    status_code = 200

    def __init__(self, content: object) -> None:
        self.content = content


LARGE = (
    "accounts_user",
    "catalog_audiobook",
    "library_bookmark",
    "library_libraryentry",
    "library_revision",
    "library_shelf",
    "library_shelfitem",
    "library_tombstone",
    "playback_coverage",
    "playback_device",
    "playback_eventreceipt",
    "playback_listeningday",
    "playback_listeningposition",
    "playback_playbacksession",
    "playback_positionconflict",
    "reviews_helpfulvote",
    "reviews_review",
)


# --- the page -----------------------------------------------------------------------------------------------------

HEAD = """---
title: Plans
summary: How PostgreSQL finds what a listener asks for, statement by statement, among 20,000 places of 11,000 listeners.
reviewed: {today}
---

What a listener's devices ask for all day, and the plan of each statement, by PostgreSQL {version}: 11,000 listeners, 20,000
places in 11,000 recordings, 60,000 events, and as many bookmarks, items, conflicts, deletions and reviews as places. **No table of 10,000
rows or more is read from end to end.** `capstone/tests/playback/test_plans.py` makes the rows and asks, in every run; another
version of PostgreSQL may choose another index, and the test asks no more than that it chooses one.

A line is a step of the plan, from the last to the first. Statements that lock, wake the relay or open a savepoint are left out.
[Listening](listening.md) says what the requests are for.
"""
UNCHECKED = "<!-- unchecked: written by the test, which looks at each plan in every run -->"


def page(found: list[Asked]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0]) // 10_000
    parts = [HEAD.format(today=timezone.now().date().isoformat(), version=version)]
    for one in found:
        count = len(one.statements)
        lines = [
            f"{head(statement)}\n{steps(plan)}"
            for statement, plan in zip(one.statements, one.plans, strict=True)
        ]
        parts.append(
            f"## `{one.name}`, {count} statement{'s' * (count > 1)}\n\n{UNCHECKED}\n```text\n"
            + "\n\n".join(lines)
            + "\n```\n"
        )
    return "\n".join(parts)


def requests_on(text: str) -> list[tuple[str, int]]:
    return [(name, int(count)) for name, count in re.findall(r"(?m)^## `(.+)`, (\d+) statements?$", text)]


def head(statement: str) -> str:
    """Return what a statement does, to which table, without its values."""
    verb, outer = statement.split()[0], statement
    while (shorter := re.sub(r"\([^()]*\)", "", outer)) != outer:  # without subqueries
        outer = shorter
    table = re.search(r'\b(?:FROM|INTO|UPDATE)\s+"?(\w+)"?', outer)
    return f"{verb} {table[1] if table else ''}".strip()


def steps(plan: dict[str, Any]) -> str:
    """Return a plan's steps, a line each; the same step for several months of events stands once."""
    lines: list[str] = []
    for depth, node in nodes(plan):
        table = re.sub(r"_\d{4}_\d\d$", "_<month>", node.get("Relation Name", ""))
        index = re.sub(r"_\d{4}_\d\d_", "_<month>_", node.get("Index Name", ""))
        said = "  " * (depth + 1) + node["Node Type"]
        said += f" by {index}" if index else ""
        said += f" on {table}" if table else ""
        if not lines or lines[-1] != said:
            lines.append(said)
    return "\n".join(lines)
