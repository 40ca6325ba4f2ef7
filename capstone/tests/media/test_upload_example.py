"""The program of the page "Upload a book", run against an API and a media process."""

import os
import random
import subprocess
import sys

import pytest
from django.conf import settings as project
from media.uploading import append, bearer, begin, bytes_of

from audiobooks.media.models import Upload

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAM = project.REPOSITORY_DIR / "docs/examples/upload.py"
CONTENT = random.Random(9).randbytes(9_000_000)  # noqa: S311 — any bytes


def run(live_server, user, path) -> subprocess.CompletedProcess[str]:
    token = bearer(user).removeprefix("Bearer ")
    return subprocess.run(
        [sys.executable, PROGRAM, f"{live_server.url}/api/v1", path],
        env=os.environ | {"NEXUS_TOKEN": token},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "emma.m4b"
    path.write_bytes(CONTENT)
    return path


def test_it_sends_a_file_in_parts_and_a_second_time_nothing(media, live_server, ada, path):
    first, again = run(live_server, ada, path), run(live_server, ada, path)

    assert first.stdout == "8388608 of 9000000 bytes\n9000000 of 9000000 bytes\n"
    assert (again.stdout, again.stderr) == ("", "")
    assert Upload.objects.get().finished_at is not None
    assert bytes_of(Upload.objects.get()) == CONTENT


def test_it_goes_on_where_an_earlier_try_stopped(media, live_server, ada, path):
    upload = begin(ada, CONTENT)
    append(upload, CONTENT[:5_000_000])

    done = run(live_server, ada, path)

    assert done.stdout == "9000000 of 9000000 bytes\n"
    assert bytes_of(upload) == CONTENT


def test_a_refusal_is_said(media, live_server, bo, path):
    refused = run(live_server, bo, path)

    assert refused.returncode == 1
    assert refused.stderr.startswith("403 ")
    assert refused.stderr.endswith("#permission-denied: Only curators may do this.\n")
