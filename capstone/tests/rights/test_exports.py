"""A copy of one's data: whole, of nobody else, for its owner alone, for a week; made once, whatever dies."""

import json
import tracemalloc
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from cast import keep_promises, make_audiobook, make_user, sign_in, tick
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from rights.life import NAME, WORD, holdings_of, make_life

from audiobooks.accounts.models import User
from audiobooks.library.models import Tombstone
from audiobooks.media.storage import path_of
from audiobooks.rights import services, tasks
from audiobooks.rights.archive import archive_write
from audiobooks.rights.holdings import declared, person_of
from audiobooks.rights.models import Export
from audiobooks.rights.services import exports
from audiobooks.rights.services.exports import export_name
from lab_celery.models import OutboxRow, new_id

pytestmark = pytest.mark.django_db
MINE = "/api/v1/me/export/"


def ask_for(user: User):
    answer = sign_in(user).post(MINE)
    assert answer.status_code == 202, answer.content
    return answer


def copy_of(user: User) -> dict[str, bytes]:
    """Have a copy made, as relay and worker do, and return what is in it by name."""
    ask_for(user)
    keep_promises()
    export = Export.objects.get(user=user, state="done")
    with ZipFile(path_of(export_name(export.pk))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def fetch(url: str, **headers: str):
    return Client().get("/" + url.split("/", 3)[3], **headers)


# --- what is in it ------------------------------------------------------------------------------------------------


def test_every_row_of_every_table_is_in_it_or_the_reason_why_not():
    user = make_life()
    Export.objects.all().delete()  # the one that is being made is the only one
    files = copy_of(user)
    about = {one.get("file") or one["table"]: one for one in json.loads(files["about.json"])["tables"]}

    for one, count in holdings_of(user):
        if one.not_exported:
            assert about[one.name]["not_here"] == one.not_exported
            continue
        name = f"{one.name}.json"
        rows = json.loads(files[name])
        assert len(rows) == about[name]["rows"] == count, name
        assert about[name]["about"] == one.about
    assert WORD in files["library/bookmark.json"].decode()
    assert json.loads(files["playback/coverage.json"])[0]["heard"] == [[0, 1000]]
    assert json.loads(files["library/libraryentry.json"])[0]["audiobook_title"]
    assert files["README.txt"].decode().startswith(f"This is a copy of what Nexus Audiobooks holds of {NAME}")


def test_no_key_and_nothing_of_anybody_else_is_in_it(cy):
    audiobook = make_audiobook(duration_ms=600_000)
    user = make_life(audiobook)
    others = make_user("other")
    now = timezone.now()
    Tombstone.objects.create(user=others, kind="shelf", object_id=new_id(), revision=1, deleted_at=now)

    everything = b"".join(copy_of(user).values()).decode()

    secrets = [user.password, *user.sessions.values_list("family_digest", flat=True)]
    assert not [secret for secret in secrets if secret in everything]
    assert str(others.pk) not in everything
    assert str(cy.pk) not in everything
    assert str(user.pk) in everything


def test_20_times_the_rows_take_the_same_memory(bo, tmp_path):
    held, _ = declared()

    def peak(rows: int) -> int:
        now = timezone.now()
        row = {"user": bo, "kind": "shelf", "deleted_at": now}
        Tombstone.objects.bulk_create(Tombstone(object_id=new_id(), revision=n, **row) for n in range(rows))
        tracemalloc.start()
        with (tmp_path / "copy.zip").open("wb") as file:
            archive_write(file, held, person_of(bo), made_at=now, tell=lambda _: None)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is imported and compiled once
    few, many = peak(2_000), peak(38_000)

    assert Tombstone.objects.count() == 40_010
    assert many < few * 1.3, (few, many)


# --- how it is asked for ------------------------------------------------------------------------------------------


def test_asking_twice_is_asking_once_and_jobs_says_how_far_it_is(bo):
    first, again = ask_for(bo), ask_for(bo)

    job = sign_in(bo).get(first["Location"])

    assert (Export.objects.count(), OutboxRow.objects.count()) == (1, 1)
    assert again.json() == first.json() == job.json() == sign_in(bo).get(MINE).json()
    assert (job.json()["state"], job.json()["progress_percent"], job.json()["download"]) == (
        "queued",
        0,
        None,
    )
    assert first["Location"] == f"/api/v1/jobs/{first.json()['id']}/"


def test_a_new_copy_takes_the_place_of_the_one_before(bo):
    copy_of(bo)
    old = Export.objects.get()

    copy_of(bo)

    assert Export.objects.count() == 1
    assert not path_of(export_name(old.pk)).exists()
    assert len(list(path_of("exports").iterdir())) == 1


def test_nobody_sees_anothers_job(bo, cy, ada):
    job = ask_for(bo)["Location"]

    assert [sign_in(user).get(job).status_code for user in (bo, cy, ada)] == [200, 404, 404]
    assert sign_in(cy).get(MINE).json()["type"].endswith("#export-unknown")


def test_a_listener_may_ask_5_times_an_hour(bo):
    answers = [sign_in(bo).post(MINE).status_code for _ in range(6)]

    assert answers == [202] * 5 + [429]


def test_the_database_keeps_it_to_one_at_a_time(bo):
    ask_for(bo)
    row = Export.objects.get()

    with pytest.raises(IntegrityError, match="export_one_at_a_time"), transaction.atomic():
        Export.objects.create(
            user=bo, created_at=row.created_at, changed_at=row.changed_at, expires_at=row.expires_at
        )


def test_the_owner_is_told_and_the_letter_holds_no_key(bo, mailoutbox):
    copy_of(bo)
    keep_promises()

    (letter,) = mailoutbox
    assert (letter.to, letter.subject) == (["bo@example.org"], "The copy of your data is ready")
    assert "/api/v1/me/export/" in letter.body
    assert "signature" not in letter.body


# --- who fetches it -----------------------------------------------------------------------------------------------


@pytest.fixture
def url(bo, settings) -> str:
    copy_of(bo)
    url = sign_in(bo).get(MINE).json()["download"]["url"]
    settings.ROOT_URLCONF = "config.urls_media"
    return url


def test_the_address_opens_for_15_minutes_in_ranges_too(url, bo):
    whole = fetch(url)
    part = fetch(url, HTTP_RANGE="bytes=0-3")

    content = b"".join(whole.streaming_content)
    assert (whole.status_code, whole["Content-Type"], whole["Cache-Control"]) == (
        200,
        "application/zip",
        "private, no-store",
    )
    assert whole["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert ZipFile(BytesIO(content)).testzip() is None
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"PK\x03\x04")


def test_nobody_can_make_an_address_of_it(url, bo, cy):
    export = Export.objects.get()
    path = exports.export_path(export.pk)
    expired = exports.signed_address(path, user_id=bo.pk, now=timezone.now() - timedelta(minutes=16)).url
    of_cy = exports.signed_address(path, user_id=cy.pk, now=timezone.now()).url

    altered = [url.replace(str(bo.pk), str(cy.pk)), url.partition("?")[0], url[:-1], expired, of_cy]
    refused = [fetch(one) for one in altered]

    assert [answer.status_code for answer in refused] == [403, 403, 403, 403, 404]


def test_an_account_that_is_switched_off_fetches_nothing(url):
    User.objects.update(is_active=False)

    assert fetch(url).status_code == 403


def test_after_a_week_the_schedule_deletes_row_and_file(url):
    now = timezone.now()
    path = path_of(export_name(Export.objects.get().pk))
    Export.objects.update(expires_at=now)
    gone = fetch(url)

    tick(tasks.delete_expired_exports)

    assert (gone.status_code, gone.json()["type"].rpartition("#")[2]) == (404, "export-unknown")
    assert (Export.objects.count(), path.exists()) == (0, False)


# --- whatever dies ------------------------------------------------------------------------------------------------


def test_a_worker_that_dies_leaves_nothing_to_be_seen_and_the_next_makes_it(bo, monkeypatch):
    ask_for(bo)
    export = Export.objects.get()
    write = exports.archive_write

    def half(file, *args, **kwargs):
        file.write(b"half")
        raise MemoryError

    monkeypatch.setattr(exports, "archive_write", half)
    with pytest.raises(MemoryError):
        services.export_run(export_id=export.pk, clock=timezone.now)
    after = Export.objects.get()
    monkeypatch.setattr(exports, "archive_write", write)
    Export.objects.update(state="running")  # as kill -9 leaves it
    services.export_run(export_id=export.pk, clock=timezone.now)
    services.export_run(export_id=export.pk, clock=timezone.now)

    done = Export.objects.get()
    assert (after.state, after.attempts, after.size_bytes) == ("queued", 1, None)
    assert (done.state, done.attempts, done.progress_percent) == ("done", 2, 100)
    assert done.size_bytes == path_of(export_name(done.pk)).stat().st_size
    assert list(path_of("incoming").iterdir()) == []


def test_after_5_attempts_it_has_failed_and_one_may_ask_again(bo):
    ask_for(bo)
    Export.objects.update(attempts=5)

    keep_promises()

    assert Export.objects.get().state == "failed"
    assert ask_for(bo).json()["state"] == "queued"


def test_an_account_that_goes_while_its_copy_is_made_leaves_no_file(bo, monkeypatch):
    ask_for(bo)
    export = Export.objects.get()
    write = exports.archive_write

    def and_gone(*args, **kwargs):
        write(*args, **kwargs)
        bo.delete()

    monkeypatch.setattr(exports, "archive_write", and_gone)

    services.export_run(export_id=export.pk, clock=timezone.now)

    assert not path_of(export_name(export.pk)).exists()


def test_a_file_that_no_row_speaks_of_is_swept_away(bo):
    copy_of(bo)
    known, unknown = path_of(export_name(Export.objects.get().pk)), path_of(export_name(new_id()))
    unknown.write_bytes(b"left")

    young = services.exports_expire(now=timezone.now())
    there = unknown.exists()
    services.exports_expire(now=timezone.now() + timedelta(hours=2))

    assert (young, there, unknown.exists(), known.exists()) == (0, True, False, True)
