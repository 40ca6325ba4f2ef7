"""The promises of the rest lab: the checks that a student's part must pass, asked of the capstone that uses ours."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from cast import PASSWORD, make_book, make_user
from django.core.servers.basehttp import WSGIRequestHandler

LAB = Path(__file__).resolve().parents[3] / "labs/rest"
PROMISES = tomllib.loads((LAB / "lab.toml").read_text())["promises"]

pytestmark = pytest.mark.promise


@pytest.fixture(scope="module")
def results(django_db_setup, django_db_blocker, live_server) -> dict[str, Any]:
    """How every promise ended: one run of the checker, as Ada, on 12 works. The first test's database forgets them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
        with django_db_blocker.unblock():
            make_user("ada", role="curator")
            for _ in range(12):
                make_book()
            run = subprocess.run(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "nexus.labs.runner",
                    "rest",
                    "capstone",
                    live_server.url,
                    *PROMISES,
                ],
                env=os.environ | {"CHECK_USERNAME": "ada", "CHECK_PASSWORD": PASSWORD},
                capture_output=True,
                text=True,
                check=False,
            )
    assert run.returncode == 0, run.stderr
    said = [json.loads(line) for line in run.stdout.splitlines()]
    return {result["check"]: result for result in said if "check" in result}


@pytest.mark.parametrize("promise", PROMISES)
def test_the_capstone_keeps_its_promise(promise, results):
    assert results[promise]["state"] == "passed", results[promise]
