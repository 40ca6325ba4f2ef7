"""Sound for a draft that a curator wrote: the job drives its status; and the letter that says how it ended."""

from uuid import UUID, uuid4

import pytest
from cast import keep_promises, make_audiobook, make_chapters
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from media.books import encoded
from media.uploading import append, begin

from audiobooks.catalog.models import Audiobook
from audiobooks.media import services
from audiobooks.media.incoming import incoming_path
from audiobooks.media.models import Job, Rendition, Upload
from lab_celery.models import OutboxRow, Receipt

pytestmark = pytest.mark.django_db
CONTENT = encoded(440)
JOBS = "/api/v1/jobs/"


@pytest.fixture
def upload(ada) -> Upload:
    return append(begin(ada, CONTENT), CONTENT)


@pytest.fixture
def draft(db) -> Audiobook:
    return make_audiobook("Emma", status="draft")


@pytest.fixture
def ask(ada, as_user):
    """Return a function that asks for a job as Ada does, and returns status, kind of problem, and body."""

    def ask(*uploads: Upload, **but):
        body = {"uploads": [str(upload.pk) for upload in uploads]} | but
        answer = as_user(ada).post(JOBS, body, format="json", headers={"Idempotency-Key": str(uuid4())})
        return answer.status_code, answer.json().get("type", "").rpartition("#")[2], answer.json()

    return ask


def run(job_id) -> Job:
    services.job_run(job_id=UUID(str(job_id)), clock=timezone.now)
    return Job.objects.get(pk=job_id)


def status_of(audiobook: Audiobook) -> str:
    return Audiobook.objects.get(pk=audiobook.pk).status


@pytest.mark.parametrize(("publish", "after"), [(False, "draft"), (True, "ready")])
def test_a_draft_is_processing_while_its_job_lasts(ask, upload, draft, publish, after):
    make_chapters(draft, 1)

    status, _, job = ask(upload, audiobook=str(draft.pk), publish=publish)
    during = status_of(draft)
    done = run(job["id"])

    assert (status, job["audiobook"], job["publishes"], during) == (201, str(draft.pk), publish, "processing")
    assert (done.state, status_of(draft)) == ("done", after)
    draft.refresh_from_db()
    assert (draft.duration_ms, draft.source_files.count(), draft.title) == (2000, 1, "Emma")
    assert [chapter.end_ms for chapter in draft.chapters.all()] == [2000]
    assert Rendition.objects.filter(audiobook=draft, kind="m4b").count() == 1
    assert Audiobook.objects.count() == 1


def test_what_fails_or_is_cancelled_gives_the_draft_back_and_a_retry_takes_it_again(ask, ada, upload, draft):
    path = incoming_path(upload.pk)
    path.write_bytes(b"no sound")
    _, _, job = ask(upload, audiobook=str(draft.pk))
    seen = [run(job["id"]).state, status_of(draft)]
    retry = {"job_id": job["id"], "curator_id": ada.pk, "now": timezone.now()}

    services.job_retry(**retry)
    seen.append(status_of(draft))
    services.job_cancel(**retry)
    seen.append(status_of(draft))
    path.write_bytes(CONTENT)
    services.job_retry(**retry)

    assert run(job["id"]).state == "done"
    assert seen == ["failed", "draft", "processing", "draft"]
    assert status_of(draft) == "draft"


def test_what_cannot_be_given_sound_is_said(ask, ada, upload, draft):
    other = append(begin(ada, other_content := encoded(660)), other_content)
    ready = make_audiobook()
    assert ask(upload, audiobook=str(uuid4()))[:2] == (404, "audiobook-unknown")
    assert ask(upload, audiobook=str(ready.pk))[:2] == (409, "wrong-status")
    assert ask(upload, publish=True)[:2] == (400, "publish-needs-audiobook")
    assert ask(upload, audiobook=str(draft.pk))[0] == 201
    assert ask(other, audiobook=str(draft.pk))[:2] == (409, "wrong-status")
    run(Job.objects.get().pk)
    assert ask(other, audiobook=str(draft.pk))[:2] == (409, "has-audio")
    assert status_of(draft) == "draft"


def test_the_database_keeps_a_second_job_from_a_draft(ada, draft):
    now = timezone.now()
    Job.objects.create(curator=ada, digest="a", audiobook=draft, created_at=now, changed_at=now)

    with pytest.raises(IntegrityError, match="job_one_at_a_draft"), transaction.atomic():
        Job.objects.create(curator=ada, digest="b", audiobook=draft, created_at=now, changed_at=now)


def test_the_curator_is_told_once_that_it_is_done(ask, upload, draft):
    _, _, job = ask(upload, audiobook=str(draft.pk), publish=True)

    for _ in range(2):
        keep_promises()

    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("Your upload is a recording now", ["ada@example.org"])
    assert "  emma.m4b\n" in letter.body
    assert f"Listeners see it now: Emma\nhttp://127.0.0.1:8000/api/v1/audiobooks/{draft.pk}/" in letter.body
    assert letter.extra_headers["Message-ID"].endswith(".audiobooks.media.tasks.tell_curator@localhost>")
    assert Job.objects.get(pk=job["id"]).state == "done"


def test_the_curator_is_told_why_it_failed(ask, upload):
    incoming_path(upload.pk).write_bytes(b"no sound")
    _, _, job = ask(upload)
    reason = run(job["id"]).reason

    keep_promises()

    (letter,) = mail.outbox
    assert letter.subject == "Your upload could not be taken"
    assert f"Why: {reason}" in letter.body
    assert reason.startswith("emma.m4b: ")


def test_a_job_that_is_tried_again_by_then_is_not_told_as_failed(ask, ada, upload):
    incoming_path(upload.pk).write_bytes(b"no sound")
    _, _, job = ask(upload)
    run(job["id"])
    services.job_retry(job_id=job["id"], curator_id=ada.pk, now=timezone.now())
    OutboxRow.objects.filter(topic="media.job_queued").delete()

    keep_promises()

    assert mail.outbox == []
    assert Receipt.objects.filter(task="audiobooks.media.tasks.tell_curator").count() == 1
