"""Uploads become a draft: chapters, tags, cover; and a clear reason for each file that cannot."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from cast import make_person
from django.utils import timezone
from media.books import encoded, id3, id3_chapter, id3_picture, id3_text, mp3, picture
from media.tones import heard_hz
from media.uploading import append, begin
from PIL import ExifTags, Image

from audiobooks.catalog.models import Audiobook, Book
from audiobooks.errors import Conflict, Invalid
from audiobooks.media import services, storage
from audiobooks.media.incoming import incoming_path
from audiobooks.media.models import Job, SourceFile, Upload
from audiobooks.media.services import drafts

pytestmark = pytest.mark.django_db


def job_for(curator, *files: bytes, names=("emma.m4b", "emma 2.m4b", "emma 3.m4b")) -> Job:
    """Upload files and do a job on them."""
    uploads = [begin(curator, content, file_name=name) for name, content in zip(names, files, strict=False)]
    for upload, content in zip(uploads, files, strict=True):
        append(upload, content)
    job = services.job_begin(
        curator_id=curator.pk, upload_ids=[upload.pk for upload in uploads], now=timezone.now()
    )
    services.job_run(job_id=job.pk, clock=timezone.now)
    job.refresh_from_db()
    return job


def chapters_of(job: Job) -> list[tuple[str, int, int]]:
    return list(job.audiobook.chapters.values_list("title", "start_ms", "end_ms"))


def test_an_m4b_becomes_a_draft_with_its_own_chapters(ada):
    austen = make_person("Jane Austen")
    content = encoded(
        440,
        880,
        tags={
            "album": "Emma",
            "artist": "Jane Austen; Anonymous",
            "composer": "Edith",
            "date": "2021-03-04",
            "comment": "Handsome, clever\nand rich.",
            "language": "eng",
        },
        chapters=[(0, 2000, "Volume =;#\\\n one"), (2000, 4000, "<b>Volume</b> two")],
    )

    job = job_for(ada, content)

    assert (job.state, job.reason, job.progress_percent, job.attempts) == ("done", "", 100, 1)
    draft = job.audiobook
    assert (draft.title, draft.status, draft.duration_ms) == ("Emma", "draft", 4000)
    assert (draft.summary, draft.language) == ("Handsome, clever and rich.", "und")
    assert (str(draft.released_on), draft.book.title) == ("2021-03-04", "Emma")
    credits_ = [(credit.role, credit.person.name) for credit in draft.credits.all()]
    assert credits_ == [("author", "Jane Austen"), ("author", "Anonymous"), ("narrator", "Edith")]
    assert draft.credits.first().person == austen
    assert chapters_of(job) == [("Volume =;#\\ one", 0, 2000), ("Volume two", 2000, 4000)]
    file = SourceFile.objects.get()
    assert (file.start_ms, file.duration_ms, file.media_type, file.codec) == (0, 4000, "audio/mp4", "aac")
    stored = storage.path_of(storage.audio_name(file.sha256)).read_bytes()
    assert stored == content
    assert [heard_hz(stored, from_s=s + 0.5, rate_hz=48_000) for s in (0, 2)] == [440, 880]
    assert (Upload.objects.count(), list(incoming_path(draft.pk).parent.iterdir())) == (0, [])


def test_files_without_chapters_are_a_chapter_each_in_the_order_given(ada):
    files = [
        encoded(hz, tags={"album": "Emma", "title": title})
        for hz, title in ((440, "One"), (550, ""), (660, "Three"))
    ]

    job = job_for(ada, *files)

    assert chapters_of(job) == [("One", 0, 2000), ("emma 2", 2000, 4000), ("Three", 4000, 6000)]
    for file, hz in zip(SourceFile.objects.all(), (440, 550, 660), strict=True):
        stored = storage.path_of(storage.audio_name(file.sha256)).read_bytes()
        assert heard_hz(stored, from_s=0.5, rate_hz=48_000) == hz


def test_an_mp3_has_its_chapters_in_utf_16_tags_and_its_cover_without_exif(ada):
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "A camera"
    from_camera = picture(400, 400, kind="JPEG", exif=exif)
    tags = id3(
        id3_text("TALB", "Élan — 紅樓夢"),
        id3_text("TPE1", "Brontë"),
        id3_chapter(1, 0, 2000, "Première"),
        id3_chapter(2, 2000, 4000, "第二"),
        id3_picture(from_camera, "image/jpeg"),
    )

    job = job_for(ada, tags + mp3(440, 880), names=["x.mp3"])

    assert (job.audiobook.title, job.audiobook.cover.description) == (
        "Élan — 紅樓夢",
        "Cover of Élan — 紅樓夢",
    )
    assert [(title, start) for title, start, _ in chapters_of(job)] == [("Première", 0), ("第二", 2000)]
    cover = storage.path_of(storage.cover_name(job.audiobook.cover.sha256, 960)).read_bytes()
    assert b"A camera" in from_camera
    assert b"A camera" not in cover
    assert b"EXIF" not in cover


def test_an_mp3_of_changing_bit_rate_without_a_header_is_measured_not_guessed(ada):
    dense, sparse = mp3(440, bit_rate=320_000), mp3(440, seconds_each=20, bit_rate=32_000)

    job = job_for(ada, dense + sparse, names=["x.mp3"])

    assert job.state == "done"
    assert 22_000 <= job.audiobook.duration_ms <= 22_150  # frames of 24 ms, twice encoder delay


@pytest.mark.parametrize(
    ("container", "codec", "layout", "media_type"),
    [
        ("flac", "flac", "5.1", "audio/flac"),
        ("ogg", "libopus", "stereo", "audio/ogg"),
        ("wav", "pcm_s16le", "mono", "audio/wav"),
    ],
)
def test_other_formats_are_taken_too(ada, container, codec, layout, media_type):
    job = job_for(ada, encoded(440, container=container, codec=codec, layout=layout))

    assert (job.state, job.reason) == ("done", "")
    assert SourceFile.objects.get().media_type == media_type
    assert 2000 <= job.audiobook.duration_ms <= 2010


def a_zip(content: bytes = b"sound") -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("emma.mp3", content)
    return output.getvalue()


M4B = encoded(440, options={"movflags": "faststart"})
TWENTY_SECONDS = encoded(440, seconds_each=20, options={"movflags": "faststart"})


BAD_FILES = [
    (b"Chapter one. Emma Woodhouse, handsome", "not_audio", "This is text."),
    ("Chapter one".encode("utf-16"), "not_audio", "This is text."),
    (b"#EXTM3U\nhttp://127.0.0.1/x.mp3\n", "not_audio", "This is a playlist"),
    (b"\xef\xbb\xbf#EXTM3U\n/etc/passwd\n", "not_audio", "This is a playlist"),
    (b"ffconcat version 1.0\nfile /etc/passwd\n", "not_audio", "This is a playlist"),
    (id3(id3_text("TALB", "x")) + b"#EXTM3U\nhttp://127.0.0.1/x.mp3\n", "not_audio", "we can use"),
    (
        id3(id3_text("TALB", "x")) + encoded(440, container="wav", codec="pcm_s16le"),
        "not_audio",
        "we can use",
    ),
    (a_zip(), "not_audio", "This is an archive"),
    (a_zip(bytes(50_000_000)), "not_audio", "This is an archive"),  # a bomb: a thousand times as large inside
    (b"\x1f\x8b" + bytes(100), "not_audio", "This is an archive"),
    (b"\x7fELF" + bytes(100), "not_audio", "This is a program"),
    (b"MZ" + bytes(100), "not_audio", "This is a program"),
    (picture(10, 10), "not_audio", "no format that is known"),
    (b"\0", "not_audio", "no format that is known"),
    (
        M4B.replace(b"mp4a", b"xyzw").replace(b"esds", b"xyzw"),
        "not_audio",
        "does not say how its sound is coded",
    ),
    (M4B[:200], "not_audio", "This is not an audio file we can use"),
    (TWENTY_SECONDS[: len(TWENTY_SECONDS) // 2], "audio_truncated", "should last 20000 ms"),
    (
        encoded(440, seconds_each=20, container="flac", codec="flac")[:200_000],
        "audio_truncated",
        "is cut off",
    ),
    (b"\0\0\0\x20ftypM4B " + bytes(5000), "not_audio", "This is not an audio file we can use"),
    (b"OggS" + bytes(5000), "not_audio", "This is not an audio file we can use"),
    (b"fLaC" + bytes(5000), "not_audio", "This is not an audio file we can use"),
    (b"ID3\x03\0\0\x7f\x7f\x7f\x7f" + bytes(5000), "not_audio", "This is not an audio file we can use"),
]


@pytest.mark.parametrize(("content", "code", "said"), BAD_FILES)
def test_what_is_no_whole_audio_file_is_refused_with_the_reason(ada, content, code, said):
    job = job_for(ada, content, names=["emma.mp3"])

    assert (job.state, job.reason_code) == ("failed", code)
    assert job.reason.startswith("emma.mp3: ")
    assert said in job.reason
    assert (Audiobook.objects.count(), Book.objects.count(), SourceFile.objects.count()) == (0, 0, 0)


def test_a_cover_that_is_a_bomb_is_left_out_and_said(ada):
    bomb = picture(30_000, 30_000, mode="1")

    job = job_for(ada, id3(id3_text("TALB", "Emma"), id3_picture(bomb)) + mp3(440))

    assert (job.state, job.reason_code) == ("done", "bad_image")
    assert job.reason == "This picture cannot become a cover: it cannot be read as JPEG, PNG, WEBP."
    assert not hasattr(job.audiobook, "cover")


def test_a_thousand_chapters_are_taken_and_one_more_is_not(ada):
    def with_chapters(number):
        return encoded(440, seconds_each=2, chapters=[(n, n + 1, f"Chapter {n}") for n in range(number)])

    most, more = job_for(ada, with_chapters(1000)), job_for(ada, with_chapters(1001))

    assert (most.state, most.audiobook.chapters.count()) == ("done", 1000)
    assert (more.state, more.reason_code) == ("failed", "too_many_chapters")


def test_files_that_together_last_too_long_are_refused(ada, monkeypatch):
    monkeypatch.setattr(drafts, "LONGEST_MS", 3999)

    job = job_for(ada, encoded(440), encoded(550))

    assert (job.state, job.reason_code) == ("failed", "audio_beyond_limits")
    assert job.reason.startswith("They last 4000 ms")


def test_the_same_bytes_are_not_taken_in_twice(ada):
    content, other = encoded(440), encoded(550)
    first = job_for(ada, content)

    with pytest.raises(Conflict, match="already_ingested"):
        job_for(ada, content)
    both = job_for(ada, other, content)

    assert (both.state, both.reason_code) == ("failed", "audio_known")
    assert str(first.audiobook_id) in both.reason
    assert Audiobook.objects.get() == first.audiobook


def test_only_ones_own_finished_uploads_are_taken_each_once(ada, bo):
    now = datetime.now(UTC)
    unfinished, others = begin(ada, b"sound"), begin(bo, b"sound")

    for upload_ids, error, code in (
        ([unfinished.pk], Conflict, "upload_unfinished"),
        ([others.pk], Invalid, "upload_not_yours"),
        ([unfinished.pk, unfinished.pk], Invalid, "upload_repeated"),
    ):
        with pytest.raises(error, match=code):
            services.job_begin(curator_id=ada.pk, upload_ids=upload_ids, now=now)
    assert not Job.objects.exists()
