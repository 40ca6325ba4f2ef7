"""The M4B that a job makes: chapters where they were, one loudness, and memory that does not grow with the book."""

import subprocess
import sys
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from cast import make_audiobook
from django.utils import timezone
from media.books import RATE_HZ, encoded, mp3, samples_encoded
from media.test_ingest import job_for
from media.tones import heard_hz

from audiobooks.catalog.services.recordings import ChapterDetails
from audiobooks.library.services import grant_give
from audiobooks.media import storage
from audiobooks.media.models import Rendition
from audiobooks.media.packaging import M4B, MEDIA_TYPES, package
from audiobooks.media.rendering import Loudness, Sound, Source, levelled, levels_of, loudness_of

pytestmark = pytest.mark.django_db


def nothing(_share: float) -> None:
    pass


def content_of(rendition: Rendition) -> bytes:
    return storage.path_of(storage.audio_name(rendition.sha256)).read_bytes()


def measured(content: bytes, folder: Path, duration_ms: int) -> Loudness:
    path = folder / "measured.m4b"
    path.write_bytes(content)
    return loudness_of(Sound([Source(path, "mov", duration_ms)], "mono").frames())


def test_files_of_any_kind_become_one_m4b_with_every_chapter_where_it_should_be(ada, tmp_path):
    files = [
        encoded(440, seconds_each=5, tags={"album": "Emma =;#", "title": "One"}),
        mp3(660, seconds_each=5),
        encoded(880, seconds_each=5, container="flac", codec="flac", layout="5.1"),
    ]

    job = job_for(ada, *files, names=["1.m4a", "2.mp3", "3.flac"])

    rendition = job.audiobook.renditions.get(kind="m4b")
    content = content_of(rendition)
    path = tmp_path / "x.m4b"
    path.write_bytes(content)
    assert content.index(b"moov") < content.index(b"mdat")  # a player can start at once
    with av.open(path) as book:
        chapters = [(c["metadata"]["title"], c["start"], c["end"]) for c in book.chapters()]
        assert book.metadata["title"] == "Emma =;#"
        assert abs(book.duration / 1000 - job.audiobook.duration_ms) <= 25  # a frame of AAC
    assert chapters == list(job.audiobook.chapters.values_list("title", "start_ms", "end_ms"))
    for (_, start_ms, end_ms), hz in zip(chapters, (440, 660, 880), strict=True):
        for at_ms in (start_ms + 100, end_ms - 1100):
            assert heard_hz(content, from_s=at_ms / 1000, rate_hz=48_000) == hz


@pytest.mark.parametrize("duration_ms", [1500, 3000])
def test_a_file_lies_exactly_as_long_on_the_timeline_as_was_said(tmp_path, duration_ms):
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(encoded(440))
    second.write_bytes(encoded(880))
    sound = Sound([Source(first, "mov", duration_ms), Source(second, "mov", 2000)], "mono")

    samples = np.concatenate([frame.to_ndarray()[0] for frame in sound.frames()])

    def loudest_hz(from_ms: int) -> int:
        part = samples[from_ms * 48 :][:48_000]
        return round(np.abs(np.fft.rfft(part)).argmax())

    assert len(samples) == (duration_ms + 2000) * 48
    assert (loudest_hz(100), loudest_hz(duration_ms + 100)) == (440, 880)


@pytest.mark.parametrize("amplitude", [60, 1_000, 30_000])
def test_quiet_and_loud_recordings_become_equally_loud(ada, tmp_path, amplitude):
    seconds = np.arange(RATE_HZ * 10) / RATE_HZ
    breathing = 0.6 + 0.4 * np.sin(2 * np.pi * 0.5 * seconds)
    content = samples_encoded(
        amplitude * breathing * np.sin(2 * np.pi * 440 * seconds), container="flac", codec="flac"
    )

    job = job_for(ada, content)

    found = measured(content_of(job.audiobook.renditions.get(kind="m4b")), tmp_path, 10_000)
    if amplitude == 60:  # 24 dB is the most that is added: what needs more is no speech
        assert found.integrated_lufs < -25
    else:
        assert abs(found.integrated_lufs - -18) <= 0.5
    assert found.true_peak <= 10 ** (-1 / 20)


def test_peaks_are_limited_where_the_gain_would_drive_them_over(ada, tmp_path):
    clicks = 1000 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ * 10) / RATE_HZ)
    clicks[:: RATE_HZ // 2] = 32_000
    content = samples_encoded(clicks, container="flac", codec="flac")

    rendition = job_for(ada, content).audiobook.renditions.get(kind="m4b")

    found = measured(content_of(rendition), tmp_path, 10_000)
    assert rendition.gain_db > 8
    assert found.true_peak <= 10 ** (-1 / 20)
    assert abs(found.integrated_lufs - -18) <= 0.5


def test_silence_stays_silence(ada):
    rendition = job_for(ada, encoded(0, container="flac", codec="flac")).audiobook.renditions.first()

    assert (rendition.source_lufs, rendition.gain_db) == (-70, 0)


def test_the_same_files_give_the_same_bytes(tmp_path):
    source = tmp_path / "x.m4a"
    source.write_bytes(encoded(440))
    sound = Sound([Source(source, "mov", 2000)], "mono")
    written = []
    for name in ("first", "second"):
        folder = tmp_path / f"{name} folder"
        folder.mkdir()
        frames = levelled(sound, levels_of(sound, progress=nothing), progress=nothing)
        package(frames, folder, layout="mono", chapters=[ChapterDetails("One", 0, 2000)], tags={"title": "x"})
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})

    assert set(written[0]) == {M4B, *MEDIA_TYPES}
    assert written[0] == written[1]


PEAK = """
import sys, django; django.setup()
from pathlib import Path
from audiobooks.catalog.services.recordings import ChapterDetails
from audiobooks.media.management.commands.measure_rendering import peak_mib
from audiobooks.media.packaging import package
from audiobooks.media.rendering import Sound, Source, levelled, levels_of
source, times = Path(sys.argv[1]), int(sys.argv[2])
sound = Sound([Source(source, "mov", 10_000)] * times, "mono")
told = []
levels = levels_of(sound, progress=told.append)
folder = source.with_suffix(f".{times}")
folder.mkdir()
package(levelled(sound, levels, progress=told.append), folder, layout="mono",
        chapters=[ChapterDetails("One", 0, 1000)], tags={})
print(round(peak_mib()))
"""


def test_a_book_twenty_times_as_long_takes_no_more_memory(tmp_path):
    source = tmp_path / "x.m4a"
    source.write_bytes(encoded(440, seconds_each=10))

    short_mib, long_mib = (
        int(subprocess.check_output([sys.executable, "-c", PEAK, source, str(times)], text=True))
        for times in (1, 20)
    )

    assert long_mib - short_mib <= 12  # the sound of 190 seconds would be 35 MiB


@pytest.mark.django_db(transaction=True)
def test_who_may_hear_a_book_downloads_it_by_ranges(media, ada, bo, cy, as_user):
    audiobook = make_audiobook("Emma “é”", access="restricted")
    grant_give(user_id=bo.pk, audiobook_id=audiobook.pk)
    stored = storage.audio_store(encoded(440))
    Rendition.objects.create(
        audiobook=audiobook,
        kind="m4b",
        media_type="audio/mp4",
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
        source_lufs=-20,
        gain_db=2,
        created_at=timezone.now(),
    )
    path = f"/api/v1/audiobooks/{audiobook.pk}/download/"

    refused, address = as_user(cy).get(path), as_user(bo).get(path).json()

    whole = httpx.get(address["url"])
    part = httpx.get(address["url"], headers={"Range": "bytes=100-199"})
    forged = httpx.get(address["url"].replace("renditions", "audio").replace(".m4b", ".m4a"))
    assert (refused.status_code, whole.status_code, part.status_code, forged.status_code) == (
        403,
        200,
        206,
        403,
    )
    assert (len(whole.content), part.content) == (address["size_bytes"], whole.content[100:200])
    assert whole.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Emma")


def test_a_download_costs_two_queries_and_three_where_it_is_restricted(
    bo, as_user, django_assert_num_queries
):
    for access, queries in (("members", 2), ("restricted", 3)):
        audiobook = make_audiobook(access=access)
        grant_give(user_id=bo.pk, audiobook_id=audiobook.pk)
        with django_assert_num_queries(queries):
            answer = as_user(bo).get(f"/api/v1/audiobooks/{audiobook.pk}/download/")
        assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (404, "rendition-unknown")
