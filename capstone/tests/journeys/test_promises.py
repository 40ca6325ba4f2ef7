"""The promises of the labs: the checks that a student's part must pass, asked of the capstone that uses ours."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from cast import PASSWORD, make_audiobook, make_user
from django.core.servers.basehttp import WSGIRequestHandler
from django.test import override_settings
from django.utils import timezone
from media.processes import process_environment

from audiobooks.accounts.rest.accounts import PasswordChange
from audiobooks.accounts.tokens import access_token_for

LABS = Path(__file__).resolve().parents[3] / "labs"
CHANGES = 20  # of passwords, at most
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]

pytestmark = [pytest.mark.promise, pytest.mark.timeout(300)]  # the first test waits for all checks


def promises(lab: str) -> list[str]:
    """Return the checks of a lab whose promise the capstone keeps."""
    return tomllib.loads((LABS / lab / "lab.toml").read_text())["promises"]


def kept(lab: str, address: str, **environment: str) -> dict[str, Any]:
    """Return how every promise of a lab ended: one run of its checker."""
    run = subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "nexus.labs.runner",
            "--limit=100",
            lab,
            "capstone",
            address,
            *promises(lab),
        ],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said = [json.loads(line) for line in run.stdout.splitlines()]
    return {result["check"]: result for result in said if "check" in result}


@pytest.fixture(scope="module")
def results(django_db_setup, django_db_blocker, live_server) -> dict[str, dict[str, Any]]:
    """How every promise of each lab ended. The first test's database forgets what is made here."""
    with pytest.MonkeyPatch.context() as patch, override_settings(PASSWORD_HASHERS=FAST):
        patch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
        patch.setattr(PasswordChange, "limits", ())  # the promise of the celery lab is asked by many changes
        with django_db_blocker.unblock():
            make_user("ada", role="curator")
            for _ in range(12):
                make_audiobook()
            users = [make_user(f"listener{number}") for number in range(CHANGES)]
            tokens = [access_token_for(user.principal, now=timezone.now()).text for user in users]
            platform = process_environment()
            return {
                "rest": kept("rest", live_server.url, CHECK_USERNAME="ada", CHECK_PASSWORD=PASSWORD),
                "caching": kept("caching", live_server.url, CHECK_USERNAME="ada", CHECK_PASSWORD=PASSWORD),
                "graphql": kept("graphql", live_server.url, CHECK_USERNAME="ada", CHECK_PASSWORD=PASSWORD),
                "celery": kept(
                    "celery",
                    live_server.url,
                    CHECK_TOKENS=" ".join(tokens),
                    CHECK_PASSWORD=PASSWORD,
                    CHECK_DATABASE_URL=platform["DATABASE_URL"],
                    DATABASE_URL=platform["DATABASE_URL"],  # a server, for the checks themselves
                    DJANGO_SETTINGS_MODULE="celery_playground.settings",
                ),
            }


@pytest.mark.parametrize(
    ("lab", "promise"),
    [(lab, promise) for lab in ("rest", "caching", "graphql", "celery") for promise in promises(lab)],
)
def test_the_capstone_keeps_its_promise(lab, promise, results):
    assert results[lab][promise]["state"] == "passed", results[lab][promise]
