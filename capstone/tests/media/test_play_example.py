"""The program of the page "Play a book", run by Node against an API and a media process."""

import os
import re
import shutil
import subprocess
from datetime import timedelta

import pytest
from cast import make_audiobook
from django.conf import settings as project
from media.audio import make_streamed
from media.uploading import bearer

from audiobooks.media import storage
from audiobooks.media.packaging import STREAMS

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAM = project.REPOSITORY_DIR / "docs/examples/play.mjs"


def run(live_server, user, audiobook) -> subprocess.CompletedProcess[str]:
    node = shutil.which("node")
    assert node, "Node is not installed: it runs the programs that pages show."
    return subprocess.run(
        [node, PROGRAM, f"{live_server.url}/api/v1/audiobooks/{audiobook.pk}/stream/"],
        env=os.environ | {"NEXUS_TOKEN": bearer(user).removeprefix("Bearer ")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("lifetime", [timedelta(minutes=15), timedelta(seconds=50)])
def test_it_fetches_every_segment_and_renews_what_is_about_to_end(media, live_server, bo, settings, lifetime):
    """Addresses of 50 seconds are always about to end: each file is fetched under a prefix of its own."""
    settings.MEDIA_ADDRESS_LIFETIME = lifetime
    audiobook = make_streamed(440, 550, seconds_each=10)

    done = run(live_server, bo, audiobook)

    stored = audiobook.renditions.get(kind="hls").sha256
    expected = ""
    for stream in STREAMS:
        playlist = storage.path_of(storage.stream_name(stored, stream.playlist)).read_text()
        sizes = [int(size) for size in re.findall(r"BYTERANGE:(\d+)", playlist)]
        expected += f"{stream.codecs} {stream.bit_rate_bps}: {len(sizes)} segments, {sum(sizes)} bytes\n"
    assert (done.stdout, done.stderr, done.returncode) == (expected, "", 0)
    assert expected.count(": 3 segments") == 3


def test_it_says_what_the_api_says(media, live_server, bo):
    done = run(live_server, bo, make_audiobook())

    assert (done.stdout, done.returncode) == ("", 1)
    assert done.stderr.startswith("This recording is not made ready yet")


def test_to_save_data_it_takes_the_smallest_stream_that_can_be_played():
    program = f"""
        import {{ playlistFor }} from "{PROGRAM.as_uri()}";
        const stream = {{ url: "index", variants: [
            {{ url: "aac", codecs: "mp4a.40.2", bit_rate_bps: 64000 }},
            {{ url: "opus", codecs: "opus", bit_rate_bps: 32000 }} ] }};
        const aacOnly = (type) => type.includes("mp4a");
        console.log(playlistFor(stream, {{ savesData: false, canPlay: () => true }}),
                    playlistFor(stream, {{ savesData: true, canPlay: () => true }}),
                    playlistFor(stream, {{ savesData: true, canPlay: aacOnly }}),
                    playlistFor(stream, {{ savesData: true, canPlay: () => false }}));
    """
    done = subprocess.run(
        [shutil.which("node") or "node", "--input-type=module", "-e", program],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "index opus aac index\n"
