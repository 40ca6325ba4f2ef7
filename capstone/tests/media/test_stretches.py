"""A long MP4 in stretches: the same facts and the same sound as of the whole, in memory that does not grow with it."""

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from media.books import RATE_HZ, samples_encoded

from audiobooks.errors import Invalid
from audiobooks.media import stretches
from audiobooks.media.inspection import Inspection, inspect
from audiobooks.media.rendering import Sound, Source

WHOLE = 10**9  # packets
NOISE = np.random.default_rng(1).normal(size=6 * RATE_HZ) * 4_000
CHAPTERS = [(0, 2_000, "One"), (2_000, 6_000, "Two")]
PLAIN = {"codec": "aac", "container": "ipod", "chapters": CHAPTERS, "tags": {"title": "Emma"}}
KINDS = {
    "index behind": {},
    "index first": {"options": {"movflags": "faststart"}},
    "stereo": {"layout": "stereo"},
    "QuickTime": {"container": "mov", "chapters": ()},
    "ALAC": {"codec": "alac"},
    "MP3": {"codec": "libmp3lame", "container": "mp4"},
    "Opus": {"codec": "libopus", "container": "mp4"},
    "FLAC": {"codec": "flac", "container": "mp4", "options": {"strict": "-2"}},
}


def made(**but) -> bytes:
    return samples_encoded(NOISE, **PLAIN | but)


def edited(content: bytes, heard_ms: int = 6_000, left_out: int = 1024) -> bytes:
    """Return a file whose edit list says something else (ISO/IEC 14496-12, section 8.6.6)."""
    at = content.index(b"elst") + 12
    return content[:at] + heard_ms.to_bytes(4) + left_out.to_bytes(4) + content[at + 8 :]


def number_of(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in stretches.stretches_of(file))


def facts_of(path: Path) -> Inspection | tuple[str, str]:
    try:
        return inspect(path, progress=lambda share: None)
    except Invalid as error:
        return error.code, str(error)


def frames_of(path: Path) -> list[tuple[int | None, bytes]] | str:
    """Return when each second begins, and what is heard in it, padded as a recording's file is."""
    sound = Sound([Source(path, "mov", 7_000)], "mono")
    try:
        return [(frame.pts, frame.to_ndarray().tobytes()) for frame in sound.frames()]
    except Invalid as error:
        return error.code


def assert_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for packets in (WHOLE, 7, 60, 100):
        monkeypatch.setattr(stretches, "PACKETS", packets)
        found.append((facts_of(path), frames_of(path)))
    assert found[1:] == found[:1] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_facts_and_sound_are_those_of_the_whole(kind, tmp_path, monkeypatch):
    path = tmp_path / "x.m4a"
    path.write_bytes(made(**KINDS[kind]))

    assert_alike(path, monkeypatch)

    monkeypatch.setattr(stretches, "PACKETS", 7)
    assert number_of(path) > 5


@pytest.mark.parametrize(
    "content",
    [
        edited(made(), heard_ms=5_990),
        edited(made(), heard_ms=1_500),
        edited(made(), left_out=2112),
        made(options={"movflags": "faststart"})[:60_000],
        made().replace(b"SoundHandler", b"Sound\x90andler"),
    ],
    ids=["the end left out", "most left out", "more left out than there is", "cut off", "a name in Latin-1"],
)
def test_so_they_are_where_something_is_odd(content, tmp_path, monkeypatch):
    path = tmp_path / "x.m4a"
    path.write_bytes(content)

    assert_alike(path, monkeypatch)


@pytest.mark.parametrize(
    "content",
    [
        made(options={"movflags": "frag_keyframe+empty_moov", "frag_duration": "1000000"}),
        made(codec="pcm_s16le", container="mov", chapters=()),
        edited(made(), left_out=2**32 - 1),  # -1: it begins with silence
        made(options={"movflags": "faststart"}) + b"\0\0\0",
        made().replace(b"soun", b"vide", 1),
    ],
    ids=["fragments", "samples", "an empty edit", "more behind it", "no sound"],
)
def test_what_is_unusual_is_left_to_ffmpeg_as_a_whole(content, tmp_path, monkeypatch):
    monkeypatch.setattr(stretches, "PACKETS", 7)
    path = tmp_path / "x.m4a"
    path.write_bytes(content)

    assert number_of(path) == 1


def test_an_index_with_random_bytes_in_it_breaks_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(stretches, "PACKETS", 7)
    path, whole = tmp_path / "x.m4a", made(options={"movflags": "faststart"})
    codes = set()
    for seed in range(40):
        chance, content = random.Random(seed), bytearray(whole)  # noqa: S311
        for _ in range(5):
            content[chance.randrange(32, whole.index(b"mdat"))] = chance.randrange(256)
        path.write_bytes(content)

        facts = facts_of(path)
        if isinstance(facts, Inspection):
            frames_of(path)
        codes.add("" if isinstance(facts, Inspection) else facts[0])

    assert codes <= {"", "not_audio", "audio_truncated", "audio_beyond_limits"}


GROWTH = """
import io, sys, django; django.setup()
from fractions import Fraction
from pathlib import Path
import av
from audiobooks.media import inspection, stretches
from audiobooks.media.m4b import m4b_opened
from audiobooks.media.management.commands.measure_rendering import peak_mib
stretches.PACKETS = int(sys.argv[2])
with av.open(io.BytesIO(), "w", format="mp4") as container:
    like = container.add_stream("aac", rate=48_000, layout="mono")
    container.start_encoding()
    peaks = []
    for count in (40_000, 160_000):
        with m4b_opened(Path(sys.argv[1]), like, chapters=[], tags={}) as add:
            for number in range(count):
                packet = av.Packet(bytes.fromhex("01182007") + bytes(number % 2))  # silence
                packet.pts = packet.dts = (number - 1) * 1024
                packet.duration, packet.time_base = 1024, Fraction(1, 48_000)
                add(packet)
        assert inspection.inspect(Path(sys.argv[1]), progress=lambda share: None).duration_ms == (count - 1) * 64 // 3
        peaks.append(peak_mib())
print(round(peaks[1] - peaks[0]))
"""


def growth_mib(path: Path, packets: int) -> int:
    """Return how much more memory it takes to read 57 minutes than 14, in stretches of so many packets."""
    return int(subprocess.check_output([sys.executable, "-c", GROWTH, path, str(packets)], text=True))


def test_four_times_the_packets_take_no_more_memory_as_they_would_in_one_stretch(tmp_path):
    assert growth_mib(tmp_path / "x.m4b", packets=stretches.PACKETS) <= 3
    assert growth_mib(tmp_path / "x.m4b", packets=WHOLE) > 5
