"""The capstone's suite: real PostgreSQL, real Valkey, no network beyond this machine."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from cast import make_user, sign_in
from django.conf import settings
from rest_framework.test import APIClient
from whitenoise.middleware import WhiteNoiseMiddleware

from audiobooks.accounts import limits
from audiobooks.accounts.models import User
from lab_caching.local import memory

pytest_plugins = ["nexus.emptying"]
EVENINGS = {  # what playback/test_lost_batches.py counts
    "evenings",
    "batches sent",
    "requests or answers lost",
    "events told",
    "places lost",
    "states that differ",
    "statistics above the bound",
}


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix() -> None:
    """Give each process a database of its own: `./nexus test` runs the paths it is given side by side."""
    at = settings.DATABASES["default"]
    at["TEST"]["NAME"] = f"test_{at['NAME']}_{os.getpid()}"


@pytest.fixture(scope="session", autouse=True)
def static_files_are_looked_for_once() -> Iterator[None]:
    """Keep what the middleware found: each client builds it anew, in 13 ms of processor time, of which all but 0.2 are that."""
    look, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def look_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files = found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
        yield


@pytest.fixture(autouse=True)
def cheap_passwords_and_own_storage(settings, tmp_path: Path) -> None:
    """Hash passwords fast, keep files to the test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGE_DIR = tmp_path / "storage"


@pytest.fixture(autouse=True)
def own_limits() -> None:
    """Count requests apart from every other test, of this process and of those beside it."""
    limits.NAMESPACE = uuid4().hex


@pytest.fixture(autouse=True)
def own_cache(settings) -> None:
    """Keep answers apart from every other test's."""
    settings.LAB_CACHING = {**settings.LAB_CACHING, "PREFIX": f"{uuid4().hex}:"}
    memory.clear()


@pytest.fixture
def ada(db) -> User:
    """Ada curates."""
    return make_user("ada", role="curator")


@pytest.fixture
def bo(db) -> User:
    """Bo listens."""
    return make_user("bo")


@pytest.fixture
def cy(db) -> User:
    """Cy listens, but has no access to what is restricted."""
    return make_user("cy")


@pytest.fixture
def anybody() -> APIClient:
    """Somebody who is not signed in."""
    return APIClient()


@pytest.fixture
def as_user():
    """Return a function from a user to a client that is signed in as them."""
    return sign_in


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much the contract's tests have tried, each counted with ``contract.scene.count``; how well search finds."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if report.when == "call"
    ]
    for report in reports:
        counts = {what: int(number) for what, number in report.user_properties if what in EVENINGS}
        if counts:
            said = ", ".join(f"{what} {number:,}" for what, number in counts.items())
            terminalreporter.write_line(f"devices on a bad network: {said}")
    for what in ("schemathesis cases", "questions", "permission cells", "reads"):
        counted = [report for report in reports if what in dict(report.user_properties)]
        if counted:
            number = sum(int(dict(report.user_properties)[what]) for report in counted)
            failures = sum(report.failed for report in counted)
            terminalreporter.write_line(
                f"{what}: {number:,} over {len(counted)} operations, {failures} failures"
            )
    for report in reports:
        for name, value in report.user_properties:
            if name == "hits@1":
                terminalreporter.write_line(f"awkward searches, the right one first: {value}")
