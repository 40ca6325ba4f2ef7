"""Bytes sent to the media process as it really runs: in parts, at the same time, cut off, and killed."""

import fcntl
import os
import random
import signal

import httpx
import pytest
from cast import make_user
from media.audio import problem
from media.processes import eventually
from media.test_many_listeners import memory_bytes
from media.uploading import (
    OFFSET_STREAM,
    address_of,
    announced,
    append,
    bearer,
    begin,
    bytes_of,
    offset_at,
    patch,
    paused_sender,
)

from audiobooks.media.incoming import incoming_path
from audiobooks.media.models import Upload
from audiobooks.media.services.uploads import CONFIRM_BYTES

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = random.Random(7).randbytes(300_000)  # noqa: S311 — any bytes


@pytest.fixture
def upload(media, ada) -> Upload:
    """Announced, and nothing sent."""
    return begin(ada, CONTENT)


@pytest.fixture
def url(upload, ada) -> str:
    return address_of(upload, ada)


def test_a_file_arrives_in_parts(media, ada, as_user):
    created = as_user(ada).post(
        "/api/v1/uploads/", announced(CONTENT), format="json", headers={"Idempotency-Key": "k"}
    )
    url = created.json()["send_to"]

    first = patch(url, ada, CONTENT[:100_000])
    last = patch(url, ada, CONTENT[100_000:], first.headers["Upload-Offset"])

    assert (created.status_code, created["Upload-Offset"]) == (201, "0")
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "100000")
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, "300000")
    shown = as_user(ada).get(created["Location"])
    assert (shown.json()["offset_bytes"], shown["Upload-Offset"]) == (300_000, "300000")
    assert shown.json()["finished_at"] is not None
    assert bytes_of(Upload.objects.get()) == CONTENT


def test_who_sends_from_elsewhere_is_told_where_to_go_on(ada, upload, url):
    patch(url, ada, CONTENT[:1000])

    early, late = patch(url, ada, CONTENT), patch(url, ada, CONTENT[2000:], 2000)

    for answer in (early, late):
        assert problem(answer) == (409, "upload-offset-mismatch")
        assert answer.headers["Upload-Offset"] == "1000"
    assert bytes_of(upload) == CONTENT[:1000]


def test_two_senders_of_one_upload_do_not_mix_and_what_came_stays(ada, upload, url):
    with paused_sender(url, ada, 200_000, CONTENT[:70_000]):
        eventually(lambda: incoming_path(upload.pk).exists() and len(bytes_of(upload)) >= 65_536)
        other = patch(url, ada, CONTENT)
    offset = eventually(lambda: offset_at(url, ada))

    rest = patch(url, ada, CONTENT[offset:], offset)

    assert problem(other) == (423, "upload-busy")
    assert 65_536 <= offset <= 70_000
    assert rest.status_code == 204
    assert bytes_of(upload) == CONTENT


def test_kill_9_while_bytes_come_in_loses_none_that_were_confirmed(ada, media_alone):
    content = random.Random(8).randbytes(CONFIRM_BYTES * 2)  # noqa: S311
    upload = begin(ada, content)
    with paused_sender(address_of(upload, ada), ada, len(content), content[: CONFIRM_BYTES + 300_000]):
        eventually(lambda: Upload.objects.get().offset_bytes)
        eventually(lambda: incoming_path(upload.pk).stat().st_size > CONFIRM_BYTES + 200_000)
        os.killpg(media_alone.pid, signal.SIGKILL)
        media_alone.wait()
    with incoming_path(upload.pk).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # free once the worker too is gone
    left_behind = bytes_of(upload)
    offset = Upload.objects.get().offset_bytes

    finished = append(upload, content[offset:], offset=offset)

    assert offset == CONFIRM_BYTES
    assert len(left_behind) > offset
    assert finished.finished_at is not None
    assert bytes_of(upload) == content


def test_an_abort_ends_the_request_that_sends_and_leaves_no_file(ada, as_user, upload, url):
    with paused_sender(url, ada, 200_000, CONTENT[:70_000]) as sender:
        eventually(lambda: incoming_path(upload.pk).exists() and len(bytes_of(upload)) >= 65_536)
        aborted = as_user(ada).delete(f"/api/v1/uploads/{upload.pk}/")
        sender.sendall(CONTENT[70_000:200_000])
        told = sender.recv(12)

    assert (aborted.status_code, told) == (204, b"HTTP/1.1 404")
    assert not incoming_path(upload.pk).exists()
    assert patch(url, ada, CONTENT).status_code == 404
    assert not incoming_path(upload.pk).exists()


def test_other_bytes_than_announced_are_not_taken_and_can_be_sent_again(ada, upload, url):
    wrong = patch(url, ada, CONTENT[:-1] + b"!")
    offset = offset_at(url, ada)

    right = patch(url, ada, CONTENT)

    assert (problem(wrong), offset, right.status_code) == ((409, "checksum-mismatch"), 0, 204)
    assert bytes_of(upload) == CONTENT


def test_a_full_disk_is_said_and_what_came_before_stays(ada, upload, url):
    patch(url, ada, CONTENT[:1000])
    path = incoming_path(upload.pk)
    path.rename(path.with_suffix(".kept"))
    path.symlink_to("/dev/full")

    full = patch(url, ada, CONTENT[1000:], 1000)

    path.with_suffix(".kept").replace(path)
    assert (problem(full), offset_at(url, ada)) == ((507, "storage-full"), 1000)
    assert patch(url, ada, CONTENT[1000:], 1000).status_code == 204
    assert bytes_of(upload) == CONTENT


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ({"Upload-Offset": "-1"}, (400, "invalid-upload-offset")),
        ({"Upload-Offset": ""}, (400, "invalid-upload-offset")),
        ({"Upload-Offset": "1.0"}, (400, "invalid-upload-offset")),
        ({"Upload-Offset": "9" * 400}, (400, "invalid-upload-offset")),
        ({"Content-Type": "application/json"}, (415, "unsupported-media-type")),
        ({"Authorization": "Bearer x"}, (401, "authentication-failed")),
    ],
)
def test_a_request_that_is_wrong_writes_nothing(ada, upload, url, headers, answered):
    assert problem(patch(url, ada, CONTENT, **headers)) == answered
    assert not incoming_path(upload.pk).exists()


def test_bytes_without_a_length_and_bytes_too_many_are_refused(ada, upload, url):
    assert problem(patch(url, ada, iter([CONTENT]))) == (411, "length-required")
    assert problem(patch(url, ada, CONTENT + b"!")) == (400, "upload-overflows")
    assert offset_at(url, ada) == 0


def test_only_the_curator_who_began_it_may_send(ada, bo, upload, url):
    answers = [problem(patch(url, user, CONTENT)) for user in (bo, make_user("eve", role="curator"))]
    stranger = httpx.patch(url, content=CONTENT, headers={"Content-Type": OFFSET_STREAM})

    assert answers == [(403, "permission-denied"), (404, "upload-unknown")]
    assert problem(stranger) == (401, "not-authenticated")
    assert not incoming_path(upload.pk).exists()


def test_memory_does_not_grow_with_the_file(ada, media):
    size = 256 * 1024 * 1024
    upload = begin(
        ada, b"", size_bytes=size, sha256="a6d72ac7690f53be6ae46ba88506bd97302a093f7108472bd9efc3cefda06484"
    )
    before = memory_bytes(media.pid)
    most = 0

    def chunks():
        nonlocal most
        for number in range(size // 1_048_576):
            yield bytes(1_048_576)
            if number % 16 == 0:
                most = max(most, memory_bytes(media.pid))

    answer = patch(address_of(upload, ada), ada, chunks(), **{"Content-Length": str(size)})

    assert answer.status_code == 204
    assert most - before < size / 8


def test_the_addresses_of_bytes_answer_head_and_patch_alone(ada, url):
    answers = {
        method: httpx.request(method, url, headers={"Authorization": bearer(ada)}).status_code
        for method in ("GET", "POST", "PUT", "DELETE")
    }

    assert answers == dict.fromkeys(answers, 405)
