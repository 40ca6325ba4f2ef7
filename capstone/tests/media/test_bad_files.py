"""Files made to break what reads them, one after the other, at one worker that is there for the next."""

import random

import pytest
from cast import make_user
from django.utils import timezone
from media.books import encoded, id3, id3_picture, id3_text, mp3, picture
from media.processes import eventually
from media.test_ingest import BAD_FILES, M4B
from media.uploading import append, begin

from audiobooks.catalog.models import Audiobook
from audiobooks.media import services
from audiobooks.media.models import Job, Rendition

pytestmark = pytest.mark.django_db(transaction=True)

FLIPPED = 12  # files with 40 wrong bytes each: in the index, where a reader finds sizes, counts and places


def flipped(seed: int) -> bytes:
    """Return an M4B with 40 random bytes in its index: the same for the same seed."""
    chance, content = random.Random(seed), bytearray(M4B)  # noqa: S311
    for _ in range(40):
        content[chance.randrange(32, M4B.index(b"mdat"))] = chance.randrange(256)
    return bytes(content)


def test_no_file_takes_the_worker_with_it(crew):
    bomb = id3(id3_text("TALB", "Emma"), id3_picture(picture(30_000, 30_000, mode="1"))) + mp3(440)
    files = [content for content, _, _ in BAD_FILES] + [flipped(seed) for seed in range(FLIPPED)]
    for number, content in enumerate([*files, bomb, encoded(990)]):
        curator = make_user(f"curator{number}")
        upload = append(begin(curator, content, file_name=f"{number}.mp3"), content)
        services.job_begin(curator_id=curator.pk, upload_ids=[upload.pk], now=timezone.now())

    with crew.relay(), crew.worker("media"):
        eventually(lambda: not Job.objects.filter(state__in=["queued", "running"]).exists(), within_s=180)

    jobs = list(Job.objects.order_by("created_at", "id"))
    assert {job.attempts for job in jobs} == {1}
    assert [job.reason_code for job in jobs[: len(BAD_FILES)]] == [code for _, code, _ in BAD_FILES]
    reasons = {job.reason_code for job in jobs if job.state == "failed"}
    assert reasons == {"not_audio", "audio_truncated", "audio_beyond_limits"}
    assert [(job.state, job.reason_code) for job in jobs[-2:]] == [("done", "bad_image"), ("done", "")]
    done = [job for job in jobs if job.state == "done"]
    assert (Audiobook.objects.count(), Rendition.objects.count()) == (len(done), 2 * len(done))
