"""Every address of the API: what guards it, and how it answers what it should not be asked."""

import json
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny, IsAuthenticated

from audiobooks.accounts.permissions import (
    IsCurator,
    IsStaff,
    ReadForAllWriteForCurators,
    ReadForAllWriteForMembers,
)
from audiobooks.accounts.rest.browser import FromOwnPage

# Every view of the API and whom it lets in. A new one fails here until somebody says whom it is for.
GUARDS = {
    "audiobook": ReadForAllWriteForCurators,
    "audiobook-publish": IsCurator,
    "audiobook-restore": IsCurator,
    "audiobook-withdraw": IsCurator,
    "audiobooks": ReadForAllWriteForCurators,
    "book": ReadForAllWriteForCurators,
    "bookmark": IsAuthenticated,
    "bookmarks": IsAuthenticated,
    "books": ReadForAllWriteForCurators,
    "browser-log-in": FromOwnPage,
    "browser-log-out": FromOwnPage,
    "browser-refresh": FromOwnPage,
    "cache-metrics": IsStaff,
    "changes": IsAuthenticated,
    "chapter-audio": IsAuthenticated,
    "chapters": ReadForAllWriteForCurators,
    "conflict-policy": IsAuthenticated,
    "conflict-resolve": IsAuthenticated,
    "conflict-undo": IsAuthenticated,
    "conflicts": IsAuthenticated,
    "download": IsAuthenticated,
    "deletion": IsAuthenticated,
    "deletion-cancel": AllowAny,
    "email": IsAuthenticated,
    "entries": IsAuthenticated,
    "entry": IsAuthenticated,
    "export": IsAuthenticated,
    "follow": IsAuthenticated,
    "follows": IsAuthenticated,
    "follows-stop": AllowAny,
    "genres": ReadForAllWriteForCurators,
    "home": IsAuthenticated,
    "job": IsAuthenticated,
    "job-cancel": IsCurator,
    "job-retry": IsCurator,
    "jobs": IsCurator,
    "log-in": AllowAny,
    "log-out": AllowAny,
    "lookup": IsCurator,
    "lookups": IsCurator,
    "me": IsAuthenticated,
    "own-reviews": IsAuthenticated,
    "password": IsAuthenticated,
    "password-reset": AllowAny,
    "password-reset-confirm": AllowAny,
    "people": ReadForAllWriteForCurators,
    "person": ReadForAllWriteForCurators,
    "person-merge": IsCurator,
    "proposal-accept": IsCurator,
    "proposal-reject": IsCurator,
    "proposals": IsCurator,
    "playback": IsAuthenticated,
    "playback-begin": IsAuthenticated,
    "playback-close": IsAuthenticated,
    "playback-events": IsAuthenticated,
    "positions": IsAuthenticated,
    "positions-sync": IsAuthenticated,
    "publishers": ReadForAllWriteForCurators,
    "refresh": AllowAny,
    "register": AllowAny,
    "search": AllowAny,
    "search-suggest": AllowAny,
    "review": ReadForAllWriteForMembers,
    "review-report": IsAuthenticated,
    "review-vote": IsAuthenticated,
    "reviews": ReadForAllWriteForMembers,
    "series": ReadForAllWriteForCurators,
    "series-books": ReadForAllWriteForCurators,
    "series-list": ReadForAllWriteForCurators,
    "session": IsAuthenticated,
    "sessions": IsAuthenticated,
    "shelf": IsAuthenticated,
    "shelf-item": IsAuthenticated,
    "shelf-items": IsAuthenticated,
    "shelves": IsAuthenticated,
    "staff-review": IsStaff,
    "staff-review-dismiss": IsStaff,
    "staff-review-hide": IsStaff,
    "staff-review-restore": IsStaff,
    "staff-reviews": IsStaff,
    "stats": IsAuthenticated,
    "stream": IsAuthenticated,
    "upload": IsCurator,
    "uploads": IsCurator,
    "verify-email": AllowAny,
}


def api_views() -> dict[str, type]:
    found: dict[str, type] = {}

    def walk(patterns: list[URLPattern | URLResolver]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            else:
                found[pattern.name or ""] = pattern.callback.view_class

    resolver = next(item for item in get_resolver().url_patterns if str(item.pattern) == "api/v1/")
    walk(resolver.url_patterns)
    return found


def test_every_route_names_whom_it_lets_in():
    assert {name: view.permission_classes for name, view in api_views().items()} == {
        name: (guard,) for name, guard in GUARDS.items()
    }


def test_every_view_says_it_itself_and_inherits_no_default():
    silent = [
        name
        for name, view in api_views().items()
        if not any(
            "permission_classes" in vars(kind)
            for kind in view.__mro__
            if kind.__module__.startswith("audiobooks")
        )
    ]

    assert silent == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["me/", "auth/sessions/", "audiobooks/01890a5d-ac96-774b-bcce-b302099a8057/chapters/1/audio/"]
)
@pytest.mark.parametrize(
    "spelling", ["{}", "/{}", "{}/", "{};a=b", "{}.", "{}%2f", "%2e/{}", "{}?access_token=x", "{}%00"]
)
def test_no_spelling_of_a_guarded_address_lets_a_stranger_in(anybody, path, spelling):
    answer = anybody.get("/api/v1/" + spelling.format(path))

    assert answer.status_code in {401, 404}
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_is_only_read_refuses_every_other_method(as_user, ada, method):
    answer = getattr(as_user(ada), method)("/api/v1/genres/")

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.json()["status"] == 405


@pytest.mark.django_db
def test_an_unknown_address_is_a_problem_document(anybody):
    answer = anybody.get("/api/v1/audiobook/", HTTP_X_REQUEST_ID="abc-1")

    assert (answer.status_code, answer["X-Request-ID"]) == (404, "abc-1")
    assert answer.json()["request_id"] == "abc-1"
    assert answer.json()["instance"] == "/api/v1/audiobook/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{not json", "application/json", 400),
        ("[]", "application/json", 400),
        ('"text"', "application/json", 400),
        ('{"username": "\\ud800", "password": "x"}', "application/json", 400),
        ("username=bo", "application/x-www-form-urlencoded", 415),
        ("<x/>", "text/xml", 415),
        (json.dumps({"username": "b", "password": "x" * 300_000}), "application/json", 413),
        ("[" * 100_000, "application/json", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem_document(anybody, body, content_type, status):
    answer = anybody.generic("POST", "/api/v1/auth/token/", body, content_type=content_type)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_the_committed_openapi_document_is_what_the_code_says(tmp_path: Path):
    fresh = tmp_path / "openapi.yaml"

    call_command("spectacular", file=str(fresh), validate=True, fail_on_warn=True)

    committed = settings.CAPSTONE_DIR / "openapi.yaml"
    assert fresh.read_text() == committed.read_text(), "Write it anew: ./nexus lint --fix"


def test_the_openapi_document_describes_every_route():
    document = yaml.safe_load((settings.CAPSTONE_DIR / "openapi.yaml").read_text())

    operations = [operation for item in document["paths"].values() for operation in item.values()]
    assert document["openapi"] == "3.1.1"
    assert len(document["paths"]) == len(GUARDS)
    assert all("summary" in operation and "description" in operation for operation in operations)
    assert all(any(status >= "400" for status in operation["responses"]) for operation in operations)
