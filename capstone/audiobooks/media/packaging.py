"""
What a recording is sent as: an M4B to download, and streams in HLS (RFC 8216), all from one decoding.

A stream is one fragmented MP4 and a playlist that names its segments by their bytes: a book of ten hours is 7 files
and not 13,500. FFmpeg is only ever given open Python files. The same sound gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from os import SEEK_CUR
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from audiobooks.catalog.services.recordings import ChapterDetails
from audiobooks.media.m4b import m4b_opened
from audiobooks.media.rendering import RATE_HZ

if TYPE_CHECKING:
    import av
else:
    from audiobooks.media import ffmpeg as av

SEGMENT_S = 8
M4B = "book.m4b"
INDEX = "index.m3u8"
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"  # RFC 8216, section 10
AAC_LC = "mp4a.40.2"  # RFC 6381


@dataclass(frozen=True, slots=True)
class Stream:
    """One way to hear a recording: ``name`` is what its files are called, ``codecs`` what RFC 6381 calls it."""

    name: str
    encoder: Literal["aac", "libopus"]
    options: tuple[tuple[str, str], ...]
    codecs: str
    bit_rate_bps: int

    @property
    def playlist(self) -> str:
        """Its media playlist's name."""
        return f"{self.name}.m3u8"

    @property
    def segments(self) -> str:
        """The name of the file that its segments lie in."""
        return f"{self.name}.mp4"


AAC_OPTIONS = (("aac_coder", "fast"), ("flags", "+bitexact"))
# Opus's other mode, for speech, is 0.4 dB quieter at this rate: of what lies between 3 and 8 kHz it loses 1.8 dB.
OPUS_OPTIONS = (("application", "lowdelay"), ("vbr", "constrained"), ("flags", "+bitexact"))
STREAMS = (
    Stream("aac-64", "aac", AAC_OPTIONS, AAC_LC, 64_000),
    Stream("aac-128", "aac", AAC_OPTIONS, AAC_LC, 128_000),
    Stream("opus-32", "libopus", OPUS_OPTIONS, "opus", 32_000),
)
# Of one codec: a browser's player cannot change it while it plays, so one that chose Opus would stay there.
ADAPTIVE = tuple(stream for stream in STREAMS if stream.codecs == AAC_LC)
MEDIA_TYPES = (
    {INDEX: PLAYLIST_TYPE}
    | {stream.playlist: PLAYLIST_TYPE for stream in STREAMS}
    | {stream.segments: "audio/mp4" for stream in STREAMS}
)


class Output(NamedTuple):
    """A file that is being written, and the one track in it."""

    container: av.container.OutputContainer
    track: av.AudioStream


class Segment(NamedTuple):
    """A stretch of a stream that can be fetched and heard by itself."""

    length_s: Fraction
    size_bytes: int


class Rates(NamedTuple):
    """What a stream takes of a connection: on average, and in the segment that takes most."""

    mean_bps: Fraction
    peak_bps: Fraction


def package(
    frames: Iterator[av.AudioFrame],
    folder: Path,
    *,
    layout: str,
    chapters: Sequence[ChapterDetails],
    tags: dict[str, str],
) -> None:
    """Write frames ("mono" or "stereo", at RATE_HZ) into an empty folder: ``M4B``, and all of ``MEDIA_TYPES``."""
    with ExitStack() as opened:
        outputs = {stream: _output(stream, folder, layout, opened) for stream in STREAMS}
        copied = outputs[STREAMS[0]]  # an M4B of the same packets: encoded once
        copied.container.start_encoding()  # until then a track does not say what will be in it
        book = opened.enter_context(m4b_opened(folder / M4B, copied.track, chapters=chapters, tags=tags))
        samples = dict.fromkeys(STREAMS, 0)
        for frame in chain(frames, (None,)):
            for stream, output in outputs.items():
                for packet in output.track.encode(frame):
                    samples[stream] += packet.duration or 0
                    output.container.mux(packet)
                    if output is copied:
                        book(packet)
    rates = {}
    for stream in STREAMS:
        sizes = _pieces(folder / stream.segments)
        first_bytes = next(sizes)
        segments = _segments(sizes, Fraction(samples[stream], RATE_HZ))
        with (folder / stream.playlist).open("w") as playlist:
            rates[stream] = _playlist_written(playlist, stream, first_bytes, segments)
    (folder / INDEX).write_text(_index(rates))


def _output(stream: Stream, folder: Path, layout: str, opened: ExitStack) -> Output:
    """Open a stream's file, a fragment for each segment, and what encodes for it."""
    options = {
        "movflags": "cmaf+delay_moov+skip_trailer",
        "frag_duration": str(SEGMENT_S * 1_000_000),
        "fflags": "+bitexact",
    }
    file = opened.enter_context((folder / stream.segments).open("wb"))
    container = opened.enter_context(av.open(file, "w", format="mp4", options=options))
    track = container.add_stream(stream.encoder, rate=RATE_HZ, layout=layout, options=dict(stream.options))
    track.bit_rate = stream.bit_rate_bps
    return Output(container, track)


def _pieces(path: Path) -> Iterator[int]:
    """Yield how many bytes each piece of a fragmented MP4 has: what comes before the first fragment, then each."""
    size_bytes = 0
    with path.open("rb") as file:
        while header := file.read(8):  # of a box: ISO/IEC 14496-12, section 4.2
            box_bytes = int.from_bytes(header[:4])
            if header[4:] == b"moof":
                yield size_bytes
                size_bytes = 0
            size_bytes += box_bytes
            file.seek(box_bytes - len(header), SEEK_CUR)
    yield size_bytes


def _segments(sizes: Iterable[int], length_s: Fraction) -> Iterator[Segment]:
    """Yield segments of these sizes: all are SEGMENT_S long but the last. Raises ``RuntimeError`` for too many or too few."""
    number = 0
    for number, size_bytes in enumerate(sizes, 1):
        yield Segment(min(Fraction(SEGMENT_S), length_s - SEGMENT_S * (number - 1)), size_bytes)
    if number != math.ceil(length_s / SEGMENT_S):
        message = f"{number} segments are too many or too few for {float(length_s)} s."
        raise RuntimeError(message)


def _playlist_written(to: IO[str], stream: Stream, first_bytes: int, segments: Iterable[Segment]) -> Rates:
    """Write a media playlist (RFC 8216, section 4.3.3); return its segments' bit rates."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{SEGMENT_S}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{stream.segments}",BYTERANGE="{first_bytes}@0"',
    ]
    to.writelines(f"{line}\n" for line in lines)
    at, length_s, peak_bps = first_bytes, Fraction(0), Fraction(0)
    for segment in segments:
        to.write(f"#EXTINF:{float(segment.length_s):.6f},\n")
        to.write(f"#EXT-X-BYTERANGE:{segment.size_bytes}@{at}\n{stream.segments}\n")
        at, length_s = at + segment.size_bytes, length_s + segment.length_s
        # What is shorter than half a segment does not count by itself: a last one of one frame would be the peak.
        if segment.length_s >= SEGMENT_S / 2:
            peak_bps = max(peak_bps, 8 * segment.size_bytes / segment.length_s)
    to.write("#EXT-X-ENDLIST\n")
    mean_bps = 8 * (at - first_bytes) / length_s
    return Rates(mean_bps, max(peak_bps, mean_bps))


def _index(rates: Mapping[Stream, Rates]) -> str:
    """Return the multivariant playlist of what is ADAPTIVE (section 4.3.4.2)."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for stream in ADAPTIVE:
        mean_bps, peak_bps = rates[stream]
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={math.ceil(peak_bps)},AVERAGE-BANDWIDTH={math.ceil(mean_bps)},"
            f'CODECS="{stream.codecs}"',
            stream.playlist,
        ]
    return "\n".join([*lines, ""])
