"""Who may what in the graph: every field of Query, Mutation and Me × every kind of caller, with what each one is told."""

from uuid import uuid4

import pytest
from contract.scene import ROLES, Scene, count, make_scene, rows_written
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from graph.asking import ask
from graphql import build_schema
from rest_framework.test import APIClient

from audiobooks.accounts import limits

pytestmark = pytest.mark.django_db

# What is asked for is restricted, if it can be. A dot: data, and no error; else the error's code.
WHO_MAY = {
    # field                      anonymous, listener without grant, listener with it (or owner), curator, staff
    "Query.audiobook":           "AUDIOBOOK_UNKNOWN . . . .",
    "Query.audiobooks":          ". . . . .",
    "Query.me":                  "NOT_AUTHENTICATED . . . .",
    "Query.node":                "NODE_UNKNOWN . . . .",
    "Query.person":              "PERSON_UNKNOWN . . . .",
    "Query.review":              "REVIEW_UNKNOWN . . . .",  # of what is restricted
    "Query.search":              ". . . . .",
    "Query.suggestions":         ". . . . .",
    "Query.series":              "SERIES_UNKNOWN . . . .",
    "Me.library":                "NOT_AUTHENTICATED . . . .",
    "Me.reviews":                "NOT_AUTHENTICATED . . . .",
    "Me.shelves":                "NOT_AUTHENTICATED . . . .",
    "Me.bookmarks":              "NOT_AUTHENTICATED . . . .",
    "Me.positions":              "NOT_AUTHENTICATED . . . .",
    "Me.stats":                  "NOT_AUTHENTICATED . . . .",
    "Mutation.bookmarkDelete":   "NOT_AUTHENTICATED BOOKMARK_UNKNOWN . BOOKMARK_UNKNOWN BOOKMARK_UNKNOWN",  # the owner's
    "Mutation.bookmarkPut":      "NOT_AUTHENTICATED . . . .",  # the same id, of another listener, is another bookmark
    "Mutation.entryDelete":      "NOT_AUTHENTICATED ENTRY_UNKNOWN . ENTRY_UNKNOWN ENTRY_UNKNOWN",
    "Mutation.entryPut":         "NOT_AUTHENTICATED . . . .",
    "Mutation.positionsSync":    "NOT_AUTHENTICATED . . . .",  # event by event
    "Mutation.reviewChange":     "NOT_AUTHENTICATED NOT_YOUR_REVIEW . NOT_YOUR_REVIEW NOT_YOUR_REVIEW",  # the owner's
    "Mutation.reviewCreate":     "NOT_AUTHENTICATED GRANT_REQUIRED REVIEW_EXISTS REVIEW_EXISTS .",
    "Mutation.reviewDelete":     "NOT_AUTHENTICATED NOT_YOUR_REVIEW . NOT_YOUR_REVIEW NOT_YOUR_REVIEW",
    "Mutation.reviewVote":       "NOT_AUTHENTICATED . OWN_REVIEW . .",
    "Mutation.shelfDelete":      "NOT_AUTHENTICATED SHELF_UNKNOWN . SHELF_UNKNOWN SHELF_UNKNOWN",
    "Mutation.shelfItemDelete":  "NOT_AUTHENTICATED ITEM_UNKNOWN . ITEM_UNKNOWN ITEM_UNKNOWN",
    "Mutation.shelfItemPut":     "NOT_AUTHENTICATED SHELF_UNKNOWN . SHELF_UNKNOWN SHELF_UNKNOWN",
    "Mutation.shelfPut":         "NOT_AUTHENTICATED . . . .",
}  # fmt: skip
SCHEMA = build_schema((settings.REPOSITORY_DIR / "docs/reference/schema.graphql").read_text())
PLAIN = {"id", "username", "email", "role"}


def test_every_field_says_who_may():
    fields = {
        f"{kind}.{name}" for kind in ("Query", "Mutation", "Me") for name in SCHEMA.type_map[kind].fields
    }

    assert set(WHO_MAY) == fields - {f"Me.{name}" for name in PLAIN}


@pytest.mark.parametrize("field", sorted(WHO_MAY))
def test_who_may(field, request):
    scene = make_scene()
    found, changed, kept_out = {}, set(), set()

    for role in ROLES:
        limits.NAMESPACE = uuid4().hex
        with transaction.atomic():
            before = rows_written()
            answer = ask(caller(scene, role), document_for(field, scene)).json()
            told = [error["extensions"] for error in answer.get("errors", [])]
            found[role] = [one["code"] for one in told]
            if {one["status"] for one in told} & {401, 403, 404}:
                kept_out.add(role)
            if rows_written() > before:
                changed.add(role)
            transaction.set_rollback(True)
    count(request.node, "permission cells", len(found))

    expected = [[] if word == "." else [word] for word in WHO_MAY[field].split()]
    assert found == dict(zip(ROLES, expected, strict=True))
    assert not changed & kept_out
    assert bool(changed) == field.startswith("Mutation.")


def caller(scene: Scene, role: str) -> APIClient:
    client = APIClient()
    if role in scene.tokens:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {scene.tokens[role]}")
    return client


def document_for(field: str, scene: Scene) -> str:
    """Return a right document, about what exists."""
    kind, _, name = field.partition(".")
    restricted, now = scene.restricted.pk, timezone.now().isoformat()
    arguments: dict[str, str] = {
        "audiobook": f'id: "{restricted}"',
        "node": f'id: "{restricted}"',
        "person": f'id: "{scene.hidden_person.pk}"',
        "search": 'query: "Audiobook"',
        "suggestions": 'query: "Audio"',
        "series": f'id: "{scene.series.pk}"',
        "review": f'id: "{scene.reviews[0].pk}"',
        "reviewChange": f'input: {{id: "{scene.reviews[0].pk}", version: 1, overall: 1}}',
        "reviewCreate": f'input: {{audiobook: "{restricted}", overall: 5, performance: 4, story: 3}}',
        "reviewDelete": f'id: "{scene.reviews[0].pk}"',
        "reviewVote": f'id: "{scene.reviews[0].pk}", helped: true',
        "bookmarkDelete": f'id: "{scene.bookmark.client_id}"',
        "bookmarkPut": f'input: {{id: "{scene.bookmark.client_id}", audiobook: "{restricted}", startMs: 5}}',
        "entryDelete": f'audiobook: "{restricted}"',
        "entryPut": f'input: {{audiobook: "{restricted}", state: FINISHED}}',
        "shelfDelete": f'id: "{scene.shelf.client_id}"',
        "shelfItemDelete": f'id: "{scene.item.pk}"',
        "shelfItemPut": f'input: {{shelf: "{scene.shelf.client_id}", audiobook: "{scene.audiobooks[0].pk}"}}',
        "shelfPut": f'input: {{id: "{scene.shelf.client_id}", name: "Boat"}}',
        "positionsSync": f"""input: {{device: {{id: "{uuid4()}", name: "Watch"}}, sentAt: "{now}",
          sessions: [{{id: "{uuid4()}", audiobook: "{restricted}", startedAt: "{now}", seenRevision: 0}}],
          events: [{{session: "{uuid4()}", seq: 1, at: "{now}", generation: 0, positionMs: 1}}]}}""",
    }
    asked = f"{name}({arguments[name]})" if name in arguments else name
    return {
        "Query": f"{{{asked} {{__typename}}}}",
        "Me": f"{{me {{{asked} {{__typename}}}}}}",
        "Mutation": f"mutation {{{asked} {{__typename}}}}",
    }[kind]


def test_a_query_changes_nothing_whoever_asks():
    scene = make_scene()
    questions = [document_for(field, scene) for field in WHO_MAY if not field.startswith("Mutation.")]
    before = rows_written()

    statuses = {ask(caller(scene, role), question).status_code for role in ROLES for question in questions}

    assert (statuses, rows_written()) == ({200}, before)
