"""The M4B's index: FFmpeg's own, byte for byte, in memory that does not grow with the packets."""

import io
import subprocess
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import IO

import av
import pytest
from av.audio.stream import AudioStream
from hypothesis import given, settings
from hypothesis import strategies as st

from audiobooks.catalog.services.recordings import ChapterDetails
from audiobooks.media import m4b
from audiobooks.media.packaging import STREAMS

RATE_HZ, FRAME = 48_000, 1024
TITLES = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=40)
CHAPTERS_MS = st.lists(st.tuples(st.integers(1, 9_000), TITLES), max_size=4)


@pytest.fixture(scope="module")
def encoder() -> Iterator[AudioStream]:
    with av.open(io.BytesIO(), "w", format="mp4") as container:
        track = container.add_stream("aac", rate=RATE_HZ, layout="mono", options=dict(STREAMS[0].options))
        track.bit_rate = 64_000
        container.start_encoding()
        yield track


def packets(sizes: Sequence[int], last: int = FRAME, gap: int = 0) -> Iterator["av.Packet[AudioStream]"]:
    """Yield packets of these sizes as the encoder gives them: a frame before the beginning, and the last cut."""
    for number, size in enumerate(sizes):
        packet = av.Packet(bytes([number % 251 + 1]) * size)
        packet.pts = packet.dts = (number - 1) * FRAME + gap * bool(number)
        packet.duration = last if number == len(sizes) - 1 else FRAME
        packet.time_base, packet.is_keyframe = Fraction(1, RATE_HZ), True
        yield packet


def chapters_of(lengths: list[tuple[int, str]]) -> list[ChapterDetails]:
    ends = [sum(length for length, _ in lengths[:n]) for n in range(len(lengths) + 1)]
    return [ChapterDetails(title, ends[n], ends[n + 1]) for n, (_, title) in enumerate(lengths)]


def by_ffmpeg(folder: Path, like: AudioStream, given_packets, chapters, tags) -> bytes:
    """Return the file that FFmpeg's muxer writes of the same packets, keeping each in memory."""
    path = folder / "ffmpeg.m4b"

    def reopen(_url: str, _flags: int, _options: dict[str, str]) -> IO[bytes]:
        file.flush()
        return path.open("rb")

    options = {"movflags": "faststart", "fflags": "+bitexact"}
    with (
        path.open("w+b") as file,
        av.open(file, "w", format="ipod", options=options, io_open=reopen) as container,
    ):
        m4b.name(container, chapters, tags)
        track = container.add_stream_from_template(like)
        for packet in given_packets:
            packet.stream = track
            container.mux(packet)
    return path.read_bytes()


def by_us(folder: Path, like: AudioStream, given_packets, chapters, tags) -> bytes:
    path = folder / "ours.m4b"
    with m4b.m4b_opened(path, like, chapters=chapters, tags=tags) as add:
        for packet in given_packets:
            add(packet)
    return path.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("books")


@settings(deadline=None)
@given(
    sizes=st.lists(st.integers(1, 700), min_size=1, max_size=60)
    | st.integers(1, 60).map(lambda n: [186] * n),
    last=st.integers(1, FRAME),
    lengths=CHAPTERS_MS,
    tags=st.dictionaries(st.sampled_from(["title", "album", "artist"]), TITLES),
    sparse=st.sampled_from([2, 7, 59, m4b.SPARSE]),
)
def test_it_is_byte_for_byte_what_ffmpeg_writes(encoder, folder, sizes, last, lengths, tags, sparse):
    chapters = chapters_of(lengths)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(m4b, "SPARSE", sparse)
        ours = by_us(folder, encoder, packets(sizes, last), chapters, tags)

    assert ours == by_ffmpeg(folder, encoder, packets(sizes, last), chapters, tags)


def test_so_it_is_where_the_sound_has_many_chunks_and_a_reader_finds_every_packet(encoder, folder):
    sizes = [1 + n * 7919 % 6_000 for n in range(3_000)]  # 8 MiB
    chapters = chapters_of([(30_000, "One"), (33_000, "Two")])

    ours = by_us(folder, encoder, packets(sizes), chapters, {"title": "x"})

    assert ours == by_ffmpeg(folder, encoder, packets(sizes), chapters, {"title": "x"})
    with av.open(io.BytesIO(ours)) as container:
        read = [bytes(packet) for packet in container.demux(audio=0) if packet.size]
        assert read == [bytes(packet) for packet in packets(sizes)]
        assert [(c["start"], c["end"]) for c in container.chapters()] == [(0, 30_000), (30_000, 63_000)]


def test_a_gap_between_packets_is_refused(encoder, folder):
    with pytest.raises(ValueError, match="begins at 5, and the one before ended at 0"):
        by_us(folder, encoder, packets([100, 100], gap=5), [], {})


def test_nothing_has_a_name_before_it_is_whole_and_nothing_is_left_where_the_sound_breaks_off(
    encoder, tmp_path
):
    def broken() -> Iterator["av.Packet[AudioStream]"]:
        yield from packets([100, 100])
        assert list(tmp_path.iterdir()) == []  # all that a killed process would leave
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        by_us(tmp_path, encoder, broken(), [], {})

    assert list(tmp_path.iterdir()) == []


GROWTH = """
import io, sys, django; django.setup()
from fractions import Fraction
from pathlib import Path
import av
from audiobooks.media import m4b
from audiobooks.media.management.commands.measure_rendering import peak_mib
m4b.SPARSE = int(sys.argv[2])
with av.open(io.BytesIO(), "w", format="mp4") as container:
    like = container.add_stream("aac", rate=48_000, layout="mono")
    container.start_encoding()
    peaks = []
    for count in (40_000, 160_000):
        with m4b.m4b_opened(Path(sys.argv[1]), like, chapters=[], tags={}) as add:
            for number in range(count):
                packet = av.Packet(b"aac"[:1 + number % 3])
                packet.pts = packet.dts = number * 1024
                packet.duration, packet.time_base = 1024, Fraction(1, 48_000)
                add(packet)
        peaks.append(peak_mib())
print(round(peaks[1] - peaks[0]))
"""


def growth_mib(path: Path, sparse: int) -> int:
    """Return how much more memory 160,000 packets take than 40,000: 57 minutes, and 14."""
    return int(subprocess.check_output([sys.executable, "-c", GROWTH, path, str(sparse)], text=True))


def test_four_times_the_packets_take_no_more_memory_as_they_would_where_ffmpeg_kept_them(tmp_path):
    assert growth_mib(tmp_path / "x.m4b", sparse=m4b.SPARSE) <= 3
    assert growth_mib(tmp_path / "x.m4b", sparse=1) > 5  # what the muxer knows of 120,000 packets is 8 MiB
