"""Uploads without their bytes' way: who may begin how many, what ends them, and what a crash leaves."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from cast import make_user, tick
from django.db import connection
from django.utils import timezone
from media.uploading import announced, append, begin, bytes_of

from audiobooks.errors import Conflict, NotFound
from audiobooks.media import services, tasks
from audiobooks.media.incoming import incoming_path
from audiobooks.media.models import Upload

pytestmark = pytest.mark.django_db
CONTENT = b"sound" * 1000
UPLOADS = "/api/v1/uploads/"


def post(client, **but):
    body = announced(CONTENT, **but)
    return client.post(UPLOADS, body, format="json", headers={"Idempotency-Key": str(uuid4())})


def test_what_a_crash_left_behind_the_offset_is_cut_off(ada):
    upload = begin(ada, CONTENT)
    append(upload, CONTENT[:1000])
    with incoming_path(upload.pk).open("ab") as file:
        file.write(b"written, never confirmed" * 1000)

    finished = append(upload, CONTENT[1000:], offset=1000)

    assert finished.finished_at is not None
    assert bytes_of(upload) == CONTENT


def test_a_curator_has_twenty_uploads_at_most(ada, as_user):
    for _ in range(Upload.MOST_OPEN - 1):
        begin(ada, CONTENT)
    begin(make_user("eve", role="curator"), CONTENT)
    begin(ada, CONTENT, now=timezone.now() - Upload.LIFETIME)

    twentieth, more = post(as_user(ada)), post(as_user(ada))

    assert (twentieth.status_code, more.status_code) == (201, 409)
    assert more.json()["type"].endswith("#too-many-uploads")


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_one_gets_the_last_place(ada):
    for _ in range(Upload.MOST_OPEN - 1):
        begin(ada, CONTENT)

    def one_more(_number: int) -> str:
        try:
            begin(ada, CONTENT)
        except Conflict as error:
            return error.code
        finally:
            connection.close()
        return "begun"

    with ThreadPoolExecutor(8) as threads:
        outcomes = sorted(threads.map(one_more, range(8)))

    assert outcomes == ["begun"] + ["too_many_uploads"] * 7


@pytest.mark.parametrize(
    ("but", "pointer"),
    [
        ({"file_name": "../../etc/passwd"}, "#/file_name"),
        ({"file_name": "C:\\books\\emma.mp3"}, "#/file_name"),
        ({"file_name": "<b></b>"}, "#/file_name"),
        ({"size_bytes": 0}, "#/size_bytes"),
        ({"sha256": "A" * 64}, "#/sha256"),
        ({"sha256": "0" * 64 + "\n"}, "#/sha256"),
    ],
)
def test_an_announcement_that_is_wrong_says_where(ada, as_user, but, pointer):
    refused = post(as_user(ada), **but)

    assert refused.status_code == 400
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert not Upload.objects.exists()


def test_the_largest_file_is_a_setting(ada, as_user, settings):
    settings.UPLOAD_MAX_BYTES = 5000

    fits, too_large = post(as_user(ada), size_bytes=5000), post(as_user(ada), size_bytes=5001)

    assert (fits.status_code, too_large.status_code) == (201, 400)
    assert too_large.json()["detail"] == "A file has at most 5,000 bytes: split it."


def test_the_list_shows_ones_own_newest_first_in_one_query(ada, as_user, django_assert_num_queries):
    first, second = begin(ada, CONTENT), begin(ada, CONTENT)
    begin(make_user("eve", role="curator"), CONTENT)

    with django_assert_num_queries(1):
        page = as_user(ada).get(UPLOADS)

    assert [upload["id"] for upload in page.json()["results"]] == [str(second.pk), str(first.pk)]
    assert str(incoming_path(first.pk).parent) not in page.content.decode()


def test_an_upload_ends_a_day_after_its_last_byte(ada):
    upload = begin(ada, CONTENT, now=timezone.now() - timedelta(hours=23))
    before = timezone.now()

    append(upload, CONTENT[:10])

    upload.refresh_from_db()
    assert before + Upload.LIFETIME <= upload.expires_at <= timezone.now() + Upload.LIFETIME


def test_what_has_ended_goes_with_its_bytes_and_so_do_bytes_of_nothing(ada):
    ended, goes_on = begin(ada, CONTENT), begin(ada, CONTENT)
    append(ended, CONTENT[:10]), append(goes_on, CONTENT[:10])
    Upload.objects.filter(pk=ended.pk).update(expires_at=timezone.now())
    orphan, young = incoming_path(uuid4()), incoming_path(uuid4())
    for path in (orphan, young):
        path.write_bytes(b"of nothing")
    two_days_ago = (timezone.now() - timedelta(days=2)).timestamp()
    os.utime(orphan, (two_days_ago, two_days_ago))
    os.utime(incoming_path(goes_on.pk), (two_days_ago, two_days_ago))

    tick(tasks.delete_expired_uploads)
    tick(tasks.delete_expired_uploads)

    assert list(Upload.objects.all()) == [goes_on]
    assert {path.stem for path in young.parent.iterdir()} == {str(goes_on.pk), young.stem}
    with pytest.raises(NotFound):
        append(ended, CONTENT[10:], offset=10)


def test_an_abort_just_before_a_request_opens_the_file_leaves_none(ada):
    upload = begin(ada, CONTENT)
    answered_at = iter([timezone.now(), timezone.now()])

    def clock():
        now = next(answered_at)
        if incoming_path(upload.pk).exists():  # opened and locked: now the abort comes first
            services.upload_abort(upload_id=upload.pk, curator_id=ada.pk, now=now)
            incoming_path(upload.pk).touch()
        return now

    with pytest.raises(NotFound):
        append(upload, CONTENT, clock=clock)

    assert not incoming_path(upload.pk).exists()


def test_the_same_file_may_be_sent_twice_at_once(ada):
    uploads = [begin(ada, CONTENT), begin(ada, CONTENT)]

    finished = [append(upload, CONTENT) for upload in uploads]

    assert {upload.sha256 for upload in finished} == {hashlib.sha256(CONTENT).hexdigest()}
