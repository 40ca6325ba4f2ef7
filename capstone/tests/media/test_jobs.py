"""Jobs: cancelled, interrupted, tried again, handed over, and done once whatever dies."""

import os
from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.db import connection
from django.utils import timezone
from media.books import encoded
from media.crew import kill
from media.processes import eventually
from media.test_tasks import writer_of
from media.uploading import append, begin

from audiobooks.catalog.models import Audiobook
from audiobooks.media import services, storage, tasks
from audiobooks.media.incoming import incoming_path
from audiobooks.media.models import Job, Rendition, SourceFile, Upload
from lab_celery.models import OutboxRow, Receipt

pytestmark = pytest.mark.django_db
CONTENT = encoded(440)
JOBS = "/api/v1/jobs/"


@pytest.fixture
def upload(ada) -> Upload:
    upload = begin(ada, CONTENT)
    return append(upload, CONTENT)


@pytest.fixture
def job(ada, upload) -> Job:
    return services.job_begin(curator_id=ada.pk, upload_ids=[upload.pk], now=timezone.now())


def run(job: Job, clock=timezone.now) -> Job:
    services.job_run(job_id=job.pk, clock=clock)
    return Job.objects.get(pk=job.pk)


def post(client, path: str, body=None):
    return client.post(path, body, format="json", headers={"Idempotency-Key": str(uuid4())})


def cancel(job: Job) -> None:
    services.job_cancel(job_id=job.pk, curator_id=job.curator_id, now=timezone.now())


def test_a_job_that_is_cancelled_while_files_are_checked_stores_none(job, ada, settings):
    def clock():
        if Job.objects.filter(pk=job.pk, state="running").exists():
            cancel(job)
        return timezone.now()

    cancelled = run(job, clock)

    assert (cancelled.state, cancelled.stage) == ("cancelled", "checking")
    assert not (settings.STORAGE_DIR / "audio").exists()
    retried = services.job_retry(job_id=job.pk, curator_id=ada.pk, now=timezone.now())
    assert run(retried).state == "done"


def test_a_job_that_is_cancelled_at_the_last_moment_makes_no_draft(job, monkeypatch):
    store = storage.audio_store

    def store_and_cancel(content):
        stored = store(content)
        cancel(job)
        return stored

    monkeypatch.setattr(storage, "audio_store", store_and_cancel)

    cancelled = run(job)

    assert (cancelled.state, cancelled.stage) == ("cancelled", "storing")
    assert not Audiobook.objects.exists()


def test_a_file_that_the_disk_has_changed_is_not_taken(job, upload):
    content = bytearray(CONTENT)
    content[-1] ^= 1
    incoming_path(upload.pk).write_bytes(content)

    failed = run(job)

    assert (failed.state, failed.reason_code) == ("failed", "checksum_mismatch")
    assert not Audiobook.objects.exists()


def test_what_is_not_the_files_fault_is_tried_again_with_the_reason_kept(job, upload):
    path = incoming_path(upload.pk)
    path.rename(path.with_suffix(".away"))

    with pytest.raises(FileNotFoundError):
        run(job)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.reason_code) == ("queued", 1, "interrupted")
    assert job.reason == "Try 1 was interrupted (FileNotFoundError)."
    path.with_suffix(".away").rename(path)
    assert (run(job).state, Job.objects.get().reason) == ("done", "")


def test_the_last_try_that_is_interrupted_fails_the_job(job, upload):
    Job.objects.update(attempts=Job.MOST_ATTEMPTS - 1)
    incoming_path(upload.pk).unlink()

    with pytest.raises(FileNotFoundError):
        run(job)

    job.refresh_from_db()
    assert (job.state, job.reason) == ("failed", "Try 5 was interrupted (FileNotFoundError).")


def test_a_file_that_kills_its_worker_each_time_does_not_do_so_for_ever(job):
    Job.objects.update(state="running", attempts=Job.MOST_ATTEMPTS)

    ended = run(job)

    assert (ended.state, ended.reason_code) == ("failed", "worker_lost")


def deliver(event_id, job: Job, attempt: int = 1) -> bool:
    return tasks.ingest(event_id=str(event_id), attempt=attempt, ids={"job_id": str(job.pk)})


def in_a_thread(work) -> Thread:
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_second_delivery_of_a_running_job_does_nothing_and_asks_again(job):
    event_id, seen = OutboxRow.objects.get().event_id, []

    def second():
        seen.append(deliver(event_id, job))
        seen.append(Receipt.objects.exists())

    def clock():
        if not seen and Job.objects.filter(stage="storing").exists():
            in_a_thread(second).join()
        return timezone.now()

    done = run(job, clock)
    again = OutboxRow.objects.get(attempt=2)
    third = deliver(event_id, job, attempt=2)

    assert (done.state, done.attempts, Audiobook.objects.count()) == ("done", 1, 1)
    assert seen == [False, False]  # put off, and no receipt that would be wrong if this worker were killed
    assert timedelta() <= again.due_at - timezone.now() + timedelta(seconds=5) < timedelta(seconds=11)
    assert third is True
    assert Job.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_jobs_that_share_a_file_one_takes_it(ada):
    """Neither sees the other's rows when it begins; the second waits for the first one's commit, and looks again."""
    shared, other = encoded(440), encoded(660)
    first, second = (
        services.job_begin(
            curator_id=ada.pk,
            upload_ids=[append(begin(ada, content), content).pk for content in contents],
            now=timezone.now(),
        )
        for contents in ([shared], [shared, other])
    )
    others = []

    def clock():
        if connection.in_atomic_block and not others:  # the last transaction: its lock is held
            others.append(in_a_thread(lambda: services.job_run(job_id=second.pk, clock=timezone.now)))
            eventually(lambda: waits_for_a_lock() or not others[0].is_alive())
        return timezone.now()

    done = run(first, clock)
    others[0].join()
    second.refresh_from_db()

    assert (done.state, second.state, second.reason_code) == ("done", "failed", "audio_known")
    assert (Audiobook.objects.count(), SourceFile.objects.count(), Rendition.objects.count()) == (1, 1, 2)


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted)"
        )
        return cursor.fetchone()[0]


def test_a_job_that_is_over_is_not_done_again(job):
    first = run(job)

    again = run(job)

    assert (again.audiobook, again.changed_at, again.attempts) == (first.audiobook, first.changed_at, 1)


def test_uploads_that_ended_are_said(job, ada):
    Upload.objects.all().delete()

    ended = run(job)

    assert (ended.state, ended.reason_code) == ("failed", "upload_ended")


def test_a_job_and_its_promise_are_one_transaction(ada, as_user, upload):
    created = post(as_user(ada), JOBS, {"uploads": [str(upload.pk)]})
    refused = post(as_user(ada), JOBS, {"uploads": [str(upload.pk)]})
    promised = list(OutboxRow.objects.values_list("topic", "ids"))

    assert (created.status_code, created.json()["state"], refused.status_code) == (201, "queued", 409)
    assert promised == [("media.job_queued", {"job_id": created.json()["id"]})]


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_nothing(job, upload, crew):
    path = incoming_path(upload.pk)
    path.unlink()
    os.mkfifo(path)  # the worker waits in the middle of its work until somebody writes

    with crew.relay():
        with crew.worker("media") as worker:
            writer = eventually(lambda: writer_of(path))
            kill(worker)
            os.close(writer)
        path.unlink()
        path.write_bytes(CONTENT)
        interrupted = Job.objects.get()
        with crew.worker("media"):
            eventually(lambda: Job.objects.get().state == "done")

    assert (interrupted.state, interrupted.attempts) == ("running", 1)
    assert (Job.objects.get().attempts, Audiobook.objects.count(), SourceFile.objects.count()) == (2, 1, 1)
    assert project.STORAGE_DIR.is_dir()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_encodes_leaves_no_half_book(ada, crew):
    content = encoded(440, seconds_each=120)
    upload = append(begin(ada, content), content)
    services.job_begin(curator_id=ada.pk, upload_ids=[upload.pk], now=timezone.now())

    with crew.relay():
        with crew.worker("media") as worker:
            eventually(lambda: Job.objects.filter(stage="rendering", progress_percent__gt=50).exists())
            kill(worker)
        interrupted = (Job.objects.get().state, Audiobook.objects.count(), Rendition.objects.count())
        with crew.worker("media"):
            eventually(lambda: Job.objects.get().state == "done")

    assert interrupted == ("running", 0, 0)
    assert (Job.objects.get().attempts, Audiobook.objects.count(), Rendition.objects.count()) == (2, 1, 2)
    assert Audiobook.objects.get().duration_ms == 120_000
    assert list(incoming_path(upload.pk).parent.iterdir()) == []


def test_a_curator_follows_cancels_and_retries_over_http(
    ada, as_user, job, upload, django_assert_num_queries
):
    client = as_user(ada)
    with django_assert_num_queries(2):
        shown = client.get(f"{JOBS}{job.pk}/").json()
    with django_assert_num_queries(2):
        listed = client.get(JOBS).json()["results"]

    Job.objects.update(reason_code="audio_known")
    assert client.get(f"{JOBS}{job.pk}/").json()["reason_code"] == "audio-known"
    cancelled = post(client, f"{JOBS}{job.pk}/cancel/")
    again = post(client, f"{JOBS}{job.pk}/cancel/")
    retried = post(client, f"{JOBS}{job.pk}/retry/")
    more = post(client, f"{JOBS}{job.pk}/retry/")

    assert (shown["state"], shown["files"], listed) == ("queued", ["emma.m4b"], [shown])
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert (again.status_code, again.json()["type"].rpartition("#")[2]) == (409, "job-over")
    assert (retried.status_code, retried.json()["state"]) == (200, "queued")
    assert (more.status_code, more.json()["type"].rpartition("#")[2]) == (409, "job-not-over")
