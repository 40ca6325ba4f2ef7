"""
What a recording is sent as: an M4B to download, and streams in HLS (RFC 8216), all from one decoding.

A stream is one fragmented MP4 and a playlist that names its segments by their bytes: a book of ten hours is 7 files
and not 13,500. FFmpeg is only ever given open Python files. The same sound gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from os import SEEK_CUR
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from audiobooks.catalog.services.recordings import ChapterDetails
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
        book = _m4b(folder / M4B, copied, chapters, tags, opened)
        samples = dict.fromkeys(STREAMS, 0)
        for frame in chain(frames, (None,)):
            for stream, output in outputs.items():
                for packet in output.track.encode(frame):
                    samples[stream] += packet.duration or 0
                    output.container.mux(packet)
                    if output is copied:
                        packet.stream = book.track
                        book.container.mux(packet)
    segments = {}
    for stream in STREAMS:
        first, *rest = _pieces(folder / stream.segments)
        segments[stream] = _segments(rest, Fraction(samples[stream], RATE_HZ))
        (folder / stream.playlist).write_text(_playlist(stream, first, segments[stream]))
    (folder / INDEX).write_text(_index(segments))


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


def _m4b(
    path: Path,
    copied: Output,
    chapters: Sequence[ChapterDetails],
    tags: dict[str, str],
    opened: ExitStack,
) -> Output:
    """Open an M4B for the packets of another output, with chapters, the index first."""

    def reopen(_url: str, _flags: int, _options: dict[str, str]) -> IO[bytes]:
        """Give the muxer, when it moves the index to the front, what it has written so far."""
        file.flush()
        return path.open("rb")

    file = opened.enter_context(path.open("w+b"))
    options = {"movflags": "faststart", "fflags": "+bitexact"}
    container = opened.enter_context(av.open(file, "w", format="ipod", options=options, io_open=reopen))
    container.metadata.update(tags)
    container.set_chapters(
        [
            {
                "id": number,
                "start": chapter.start_ms,
                "end": chapter.end_ms,
                "time_base": Fraction(1, 1000),
                "metadata": {"title": chapter.title},
            }
            for number, chapter in enumerate(chapters)
        ]
    )
    copied.container.start_encoding()  # until then a track does not say what will be in it
    return Output(container, container.add_stream_from_template(copied.track))


def _pieces(path: Path) -> list[int]:
    """Return how many bytes each piece of a fragmented MP4 has: what comes before the first fragment, then each."""
    sizes = [0]
    with path.open("rb") as file:
        while header := file.read(8):  # of a box: ISO/IEC 14496-12, section 4.2
            size_bytes = int.from_bytes(header[:4])
            if header[4:] == b"moof":
                sizes.append(0)
            sizes[-1] += size_bytes
            file.seek(size_bytes - len(header), SEEK_CUR)
    return sizes


def _segments(sizes: Sequence[int], length_s: Fraction) -> list[Segment]:
    """Return segments of these sizes: all are SEGMENT_S long but the last."""
    last_s = length_s - SEGMENT_S * (len(sizes) - 1)
    if not 0 < last_s <= SEGMENT_S:
        message = f"{len(sizes)} segments are too many or too few for {float(length_s)} s."
        raise RuntimeError(message)
    lengths = [Fraction(SEGMENT_S)] * (len(sizes) - 1) + [last_s]
    return [Segment(*segment) for segment in zip(lengths, sizes, strict=True)]


def _playlist(stream: Stream, first_bytes: int, segments: Sequence[Segment]) -> str:
    """Return a media playlist (RFC 8216, section 4.3.3)."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{SEGMENT_S}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{stream.segments}",BYTERANGE="{first_bytes}@0"',
    ]
    at = first_bytes
    for segment in segments:
        lines += [
            f"#EXTINF:{float(segment.length_s):.6f},",
            f"#EXT-X-BYTERANGE:{segment.size_bytes}@{at}",
            stream.segments,
        ]
        at += segment.size_bytes
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def _index(streams: Mapping[Stream, Sequence[Segment]]) -> str:
    """Return the multivariant playlist of what is ADAPTIVE (section 4.3.4.2)."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for stream in ADAPTIVE:
        segments = streams[stream]
        # What is shorter than half a segment does not count by itself: a last one of one frame would be the peak.
        long = [one for one in segments if one.length_s >= SEGMENT_S / 2] or segments
        mean = 8 * sum(one.size_bytes for one in segments) / sum(one.length_s for one in segments)
        peak = max(8 * one.size_bytes / one.length_s for one in long)
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={math.ceil(max(peak, mean))},AVERAGE-BANDWIDTH={math.ceil(mean)},"
            f'CODECS="{stream.codecs}"',
            stream.playlist,
        ]
    return "\n".join([*lines, ""])
