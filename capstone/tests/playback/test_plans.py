"""
How PostgreSQL finds what a listener asks for, among 20,000 places: no table of 10,000 rows or more is read from end to end,
and every step and index is as the hub's page of plans has it.

``NEXUS_WRITE_PLANS=1 ./nexus test capstone/tests/playback/test_plans.py`` writes the plans down for the hub.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings as project
from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playback.listening import Player
from playback.plans import Asked, nodes, page, requests_on, shapes_on, version_on
from rest_framework.test import APIClient

from audiobooks.accounts.models import User
from audiobooks.catalog.models import Audiobook
from audiobooks.demo.scale.services import Size, scale_seed
from audiobooks.library.models import Shelf
from audiobooks.playback.models import ListeningPosition

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
MANY = 10_000
PAGE = project.REPOSITORY_DIR / "docs/capstone/plans.md"
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF, FORMAT JSON)"

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
FROM playback_listeningposition ON CONFLICT DO NOTHING;
INSERT INTO reviews_helpfulvote (review_id, user_id, created_at)
SELECT review.id, voter.id, now() FROM reviews_review AS review
JOIN LATERAL (SELECT id FROM accounts_user WHERE id > review.user_id ORDER BY id LIMIT 1) AS voter ON true;
INSERT INTO lab_rest_idempotencyrecord (caller, route, key, fingerprint, status, headers, body, created_at)
SELECT user_id, 'api/v1/books/', revision, '', 201, '{}', '', now() FROM playback_listeningposition
ON CONFLICT DO NOTHING;
SELECT gin_clean_pending_list(pg_class.oid) FROM pg_class JOIN pg_am ON pg_am.oid = relam
WHERE amname = 'gin' AND relkind = 'i' AND relnamespace = 'public'::regnamespace;
ANALYZE;
"""


@pytest.fixture
def many(db) -> User:
    """Return a listener with many places, of 11,000 with 20,000 places in 11,000 recordings."""
    size = Size(
        audiobooks=11_000, users=11_000, positions=20_000, events=60_000, seed=7, until=timezone.now().date()
    )
    with connection.cursor() as cursor:
        # ANALYZE reads all rows: no estimate is left to chance.
        cursor.execute("SET LOCAL default_statistics_target = 1000")
        scale_seed(size=size, beside=True, progress=lambda _: None)
        for statement in BESIDE.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
    with_a_place = ListeningPosition.objects.filter(audiobook=most_heard()).values("user")
    places = (
        ListeningPosition.objects.filter(user__in=with_a_place).values("user").annotate(count=Count("pk"))
    )
    places = places.order_by("-count", "user")
    return User.objects.get(pk=places[0]["user"])


def most_heard() -> UUID:
    """Return the open recording in which most listeners have a place: the one in which an index of recordings alone is worst."""
    places = ListeningPosition.objects.filter(audiobook__access="open").values("audiobook")
    return places.annotate(count=Count("pk")).order_by("-count", "audiobook")[0]["audiobook"]


def requests_of(user: User) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield what a listener's devices ask for all day."""
    phone = Player(user)
    client, me = phone.client, "/api/v1/me/"
    book = Audiobook.objects.get(pk=most_heard())
    other = Audiobook.objects.filter(status="ready", access="open").exclude(pk=book.pk).first()
    shelf = Shelf.objects.get(user=user).client_id
    sitting = phone.sitting(book)
    last = client.get(f"{me}changes/").json()["next"]
    second = APIClient().get("/api/v1/audiobooks/?limit=20").json()["next"]
    yield "GET audiobooks/", lambda: APIClient().get("/api/v1/audiobooks/")
    yield "GET audiobooks/?cursor={the second page}", lambda: APIClient().get(second)
    yield "GET audiobooks/{id}/", lambda: APIClient().get(f"/api/v1/audiobooks/{book.pk}/")
    yield "GET search/?q=golden letter", lambda: APIClient().get("/api/v1/search/", {"q": "golden letter"})
    yield "GET search/suggest/?q=gold", lambda: APIClient().get("/api/v1/search/suggest/", {"q": "gold"})
    for path in (
        "home/",
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
    """Ask, take back what it wrote, and have its statements executed again one by one: what they write stays."""
    before = transaction.savepoint()
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    assert answer.status_code < 300, (name, answer.content)
    transaction.savepoint_rollback(before)
    statements = [query["sql"].strip() for query in queries]
    statements = [one for one in statements if one.startswith(VERBS)]
    statements = [one for one in statements if "pg_notify" not in one and "advisory" not in one]
    assert statements, f"{name} comes from a cache"
    with connection.cursor() as cursor:
        plans = []
        for statement in statements:
            cursor.execute(f"{EXPLAIN} {statement.replace('%', '%%')}", [])
            found = cursor.fetchone()[0]
            plans.append((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])
    return Asked(name, statements, plans)


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


def test_no_hot_request_reads_a_large_table_from_end_to_end_and_plans_are_those_of_the_page(many):
    found = [asked(name, ask) for name, ask in requests_of(many)]

    assert [said for one in found for said in read_through(one)] == []
    assert min(rows_in(table) for table in LARGE) >= MANY
    now = page(found, version=connection.pg_version // 10_000)
    if os.environ.get("NEXUS_WRITE_PLANS"):
        PAGE.write_text(now)
    kept = PAGE.read_text()
    assert requests_on(kept) == requests_on(now)
    if version_on(kept) == version_on(now):
        assert settled(shapes_on(kept)) == settled(shapes_on(now))


def settled(shapes: Mapping[str, str]) -> dict[str, str]:
    """Leave out the suggestions: two plans of theirs cost PostgreSQL alike, and it takes now one, now the other."""
    return {name: shape for name, shape in shapes.items() if "search/suggest/" not in name}


def test_another_index_is_another_shape_and_other_numbers_are_not():
    text = "## `GET x/`, 1 statement\n\nSELECT x: 1 row, 3 pages\n  Index Scan by one on x\n"
    text = f"by PostgreSQL 18\n{text}"

    assert shapes_on(text) == shapes_on(text.replace("1 row, 3 pages", "1,250 rows, 4 pages"))
    assert shapes_on(text) != shapes_on(text.replace("by one on", "by other on"))
    assert shapes_on(text) != shapes_on(text.replace("Index Scan by one on x", "Seq Scan on x"))


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
    "catalog_card",
    "discovery_audiobookdocument",
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
