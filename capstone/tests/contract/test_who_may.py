"""Who may do what: every operation of the OpenAPI document × every kind of caller, with the status each one gets."""

from typing import Any
from uuid import uuid4

import pytest
from contract.document import OPERATIONS, ask, with_what_exists
from contract.scene import ROLES, Scene, count, make_scene, rows_written
from django.db import transaction

from audiobooks.accounts import limits

pytestmark = pytest.mark.django_db

# A request that is right in everything else: only who sends it decides. What is asked for is restricted, if it can be.
WHO_MAY = {
    # operation             anonymous, listener without grant, listener with it (or owner), curator, staff
    "audiobook_download":      "401 403 200 200 200",
    "audiobook_stream":        "401 403 200 200 200",
    "audiobooks_change":       "401 403 403 200 200",
    "audiobooks_create":       "401 403 403 201 201",
    "audiobooks_get":          "404 200 200 200 200",
    "audiobooks_list":         "200 200 200 200 200",
    "audiobooks_publish":      "401 403 403 200 200",
    "audiobooks_restore":      "401 403 403 200 200",
    "audiobooks_withdraw":     "401 403 403 200 200",
    "bookmarks_delete":        "401 404 204 404 404",  # the owner's
    "bookmarks_list":          "401 200 200 200 200",
    "bookmarks_put":           "401 201 200 201 201",  # the same id, of another listener, is another bookmark
    "books_change":            "401 403 403 200 200",
    "books_create":            "401 403 403 201 201",
    "books_get":               "404 200 200 200 200",
    "books_list":              "200 200 200 200 200",
    "browser_log_in":          "200 200 200 200 200",
    "browser_log_out":         "204 204 204 204 204",
    "browser_refresh":         "401 200 200 200 200",  # the cookie is the proof
    "cache_metrics":           "401 403 403 403 200",
    "changes_since":           "401 200 200 200 200",
    "chapter_audio":           "401 403 200 200 200",
    "chapters_list":           "404 200 200 200 200",
    "chapters_replace":        "401 403 403 200 200",
    "conflicts_list":          "401 200 200 200 200",
    "conflicts_policy":        "401 200 200 200 200",
    "conflicts_policy_set":    "401 200 200 200 200",
    "conflicts_resolve":       "401 404 200 404 404",  # the owner's
    "conflicts_undo":          "401 404 409 404 404",  # the owner's: the devices disagree anew
    "deletion":                "401 200 200 200 200",
    "deletion_cancel":         "400 400 400 400 400",  # the token is nobody's
    "deletion_request":        "401 202 202 202 202",
    "deletion_withdraw":       "401 204 204 204 204",
    "email_change":            "401 202 202 202 202",
    "entries_delete":          "401 404 204 404 404",
    "entries_list":            "401 200 200 200 200",
    "entries_put":             "401 201 200 201 201",
    "export":                  "401 404 200 404 404",  # the owner asked for one
    "export_begin":            "401 202 202 202 202",
    "follows_create":          "401 201 201 201 201",
    "follows_end":             "401 404 204 404 404",  # the owner's
    "follows_list":            "401 200 200 200 200",
    "follows_stop":            "400 400 400 400 400",  # the token is nobody's
    "genres_list":             "200 200 200 200 200",
    "home":                    "401 200 200 200 200",
    "jobs_cancel":             "401 403 403 200 404",  # the curator's
    "jobs_create":             "401 403 403 201 201",  # of one's own uploads
    "jobs_get":                "401 404 404 200 404",  # another's is not there
    "jobs_list":               "401 403 403 200 200",
    "jobs_retry":              "401 403 403 200 404",
    "log_in":                  "200 200 200 200 200",
    "log_out":                 "204 204 204 204 204",  # the refresh token in the body is the proof
    "lookups_create":          "401 403 403 201 201",
    "lookups_get":             "401 403 403 200 200",
    "lookups_list":            "401 403 403 200 200",
    "me":                      "401 200 200 200 200",
    "me_change":               "401 200 200 200 200",
    "own_reviews_list":       "401 200 200 200 200",
    "password_change":         "401 200 200 200 200",
    "password_reset":          "202 202 202 202 202",
    "password_reset_confirm":  "400 400 400 400 400",  # the example's token is nobody's
    "people_change":           "401 403 403 200 200",
    "people_create":           "401 403 403 201 201",
    "people_get":              "404 200 200 200 200",
    "people_list":             "200 200 200 200 200",
    "people_merge":            "401 403 403 200 200",
    "proposals_accept":        "401 403 403 200 200",
    "proposals_list":          "401 403 403 200 200",
    "proposals_reject":        "401 403 403 200 200",
    "playback_begin":          "401 403 201 201 201",
    "playback_close":          "401 404 200 404 404",  # the owner's
    "playback_events":         "401 404 200 404 404",
    "playback_get":            "401 404 200 404 404",
    "positions_list":          "401 200 200 200 200",
    "positions_sync":          "401 200 200 200 200",  # event by event
    "publishers_list":         "200 200 200 200 200",
    "refresh":                 "200 200 200 200 200",
    "register":                "202 202 202 202 202",
    "search_list":             "200 200 200 200 200",
    "search_suggest":          "200 200 200 200 200",
    "reviews_change":         "401 403 200 403 403",  # its author's alone
    "reviews_create":         "401 403 409 409 201",  # who has written one has written one
    "reviews_delete":         "401 403 204 403 403",
    "reviews_get":            "404 200 200 200 200",
    "reviews_list":           "404 200 200 200 200",
    "reviews_report":         "401 201 403 200 201",  # not one's own; the curator has reported it before
    "reviews_vote":           "401 200 403 201 201",  # not one's own; who has no grant has said so before
    "reviews_vote_take_back": "401 204 404 404 404",
    "series_books_list":       "404 200 200 200 200",
    "series_get":              "404 200 200 200 200",
    "series_list":             "200 200 200 200 200",
    "session_end":             "401 404 204 404 404",  # one of the owner's sessions
    "sessions_end":            "401 204 204 204 204",
    "sessions_list":           "401 200 200 200 200",
    "shelf_items_delete":      "401 404 204 404 404",
    "shelf_items_list":        "401 404 200 404 404",
    "shelf_items_put":         "401 404 201 404 404",
    "shelves_delete":          "401 404 204 404 404",
    "shelves_list":            "401 200 200 200 200",
    "shelves_put":             "401 201 200 201 201",
    "staff_reviews_dismiss":  "401 403 403 403 200",
    "staff_reviews_get":      "401 403 403 403 200",
    "staff_reviews_hide":     "401 403 403 403 200",
    "staff_reviews_list":     "401 403 403 403 200",
    "staff_reviews_restore":  "401 403 403 403 200",
    "stats":                   "401 200 200 200 200",
    "uploads_abort":           "401 403 403 204 404",  # the curator's
    "uploads_create":          "401 403 403 201 201",
    "uploads_get":             "401 403 403 200 404",
    "uploads_list":            "401 403 403 200 200",
    "verify_email":            "400 400 400 400 400",
}  # fmt: skip


def test_every_operation_says_who_may():
    assert set(WHO_MAY) == set(OPERATIONS)


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS))
def test_who_may(operation_id, request, settings):
    operation, scene = OPERATIONS[operation_id], make_scene()
    row_id = target(operation.path, operation_id, scene)
    found, changed = {}, set()

    for role in ROLES:
        limits.NAMESPACE = uuid4().hex
        undone = transaction.atomic()
        undone._from_testcase = True
        with undone:
            before = rows_written()
            found[role] = ask(
                operation, scene, role, row_id, body=body_for(operation_id, scene, role)
            ).status_code
            if rows_written() > before:
                changed.add(role)
            transaction.set_rollback(True)
    count(request.node, "permission cells", len(found))

    assert found == dict(zip(ROLES, map(int, WHO_MAY[operation_id].split()), strict=True))
    assert not {role for role in changed if found[role] in {401, 403, 404}}


def target(path: str, operation_id: str, scene: Scene) -> object:
    """Return the id that an operation is tried with: of something restricted, or of what it can be done to."""
    if "{id}" not in path:
        return ""
    draft, withdrawn = scene.audiobooks[2:]
    special = {
        "audiobooks_publish": draft.pk,
        "audiobooks_restore": withdrawn.pk,
        "people_merge": scene.people[2].pk,
        "people_get": scene.hidden_person.pk,
        "jobs_retry": scene.jobs[1].pk,
        "session_end": scene.sessions["owner"],
        "conflicts_undo": scene.conflicts[1].pk,
        "entries_delete": scene.restricted.pk,
        "entries_put": scene.restricted.pk,
        "staff_reviews_restore": scene.reviews[2].pk,
    }
    kinds = {"audiobooks": scene.restricted.pk, "books": scene.restricted.book_id}
    return special.get(operation_id) or kinds.get(path.split("/")[3]) or scene.ids_in(path)[0]


def body_for(operation_id: str, scene: Scene, role: str) -> Any:
    """Return the document's example, about what exists."""
    names = {"book", "into", "person", "refresh_token", "device", "audiobook"} | (
        {"username"} if operation_id in {"log_in", "browser_log_in"} else set()
    )
    values = {name: values for name, values in scene.values.items() if name in names}
    body = with_what_exists(OPERATIONS[operation_id].example, values)
    if operation_id == "jobs_create":
        body = {"uploads": [str(scene.uploads.get(role, scene.uploads["curator"]).pk)]}
    if operation_id == "chapters_replace":
        body["chapters"][0]["end_ms"] = scene.restricted.duration_ms
    return body
