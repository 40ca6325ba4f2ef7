"""
A recording's files as one M4B at one loudness: measured in one pass, made in a second, a second of sound in memory.

FFmpeg is only ever given open Python files. The same files give the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.filter import Graph

from audiobooks.catalog.services.recordings import ChapterDetails

RATE_HZ = 44_100
BIT_RATE_BPS = 64_000
TARGET_LUFS = -18.0
PEAK_DBFS = -2.0  # of samples: between them, and by encoding, it rises; -1 dBTP is what may not be passed
MOST_GAIN_DB = 24.0  # what is quieter than that is no speech
SILENCE_LUFS = -70.0  # the gate of ITU-R BS.1770: below it there is nothing to measure

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A stored file, FFmpeg's demuxers for it, and how long it lies on the timeline."""

    path: Path
    demuxers: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Sound:
    """Files one after the other, as ``layout`` ("mono" or "stereo") at RATE_HZ."""

    sources: Sequence[Source]
    layout: str

    @property
    def duration_ms(self) -> int:
        """How long it lasts."""
        return sum(source.duration_ms for source in self.sources)

    def frames(self) -> Iterator[av.AudioFrame]:
        """Yield it decoded: each file padded or cut to its time, so that chapters stay where they are."""
        at = 0
        for source in self.sources:
            with (
                source.path.open("rb") as file,
                av.open(file, "r", options={"format_whitelist": source.demuxers}) as container,
            ):
                stream = container.streams.audio[0]
                seconds = source.duration_ms / 1000
                steps = [
                    ("aresample", str(RATE_HZ)),
                    ("aformat", f"sample_fmts=fltp:channel_layouts={self.layout}"),
                    ("apad", f"whole_dur={seconds}"),
                    ("atrim", f"end={seconds}"),
                    ("asetnsamples", f"n={RATE_HZ}:p=0"),
                ]
                for frame in filtered(_decoded(container, stream), steps):
                    frame.pts, frame.time_base = at, Fraction(1, RATE_HZ)
                    at += frame.samples
                    yield frame


@dataclass(frozen=True, slots=True)
class Loudness:
    """What EBU R 128 measures: integrated loudness, and the true peak."""

    integrated_lufs: float
    true_peak: float  # of full scale

    @property
    def gain_db(self) -> float:
        """What brings it to TARGET_LUFS."""
        if self.integrated_lufs <= SILENCE_LUFS:
            return 0.0
        return min(TARGET_LUFS - self.integrated_lufs, MOST_GAIN_DB)


def measured(sound: Sound, *, progress: Progress) -> Loudness:
    """Return a sound's loudness, in one pass (EBU R 128, by FFmpeg's ebur128)."""
    found: dict[str, str] = {}
    for frame in filtered(_told(sound, progress), [("ebur128", "peak=true:metadata=1:framelog=quiet")]):
        found = dict(frame.metadata) or found  # of the whole until here
    return Loudness(
        integrated_lufs=float(found.get("lavfi.r128.I", SILENCE_LUFS)),
        true_peak=float(found.get("lavfi.r128.true_peak", 0)),
    )


def write_m4b(
    sound: Sound,
    path: Path,
    *,
    loudness: Loudness,
    chapters: Sequence[ChapterDetails],
    tags: dict[str, str],
    progress: Progress,
) -> None:
    """Write AAC in MP4 with chapters, the index first, at TARGET_LUFS; peaks are limited."""
    ceiling = 10 ** (PEAK_DBFS / 20)
    steps = [
        ("volume", f"{loudness.gain_db}dB"),
        ("alimiter", f"limit={ceiling:.4f}:level=false:latency=true"),
        ("asetnsamples", "n=1024:p=0"),
    ]

    def reopen(_url: str, _flags: int, _options: dict[str, str]) -> BinaryIO:
        """Give the muxer, when it moves the index to the front, what it has written so far."""
        file.flush()
        return path.open("rb")

    options = {"movflags": "faststart", "fflags": "+bitexact"}
    with (
        path.open("w+b") as file,
        av.open(file, "w", format="ipod", options=options, io_open=reopen) as container,
    ):
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
        stream = container.add_stream(
            "aac", rate=RATE_HZ, layout=sound.layout, options={"aac_coder": "fast", "flags": "+bitexact"}
        )
        stream.bit_rate = BIT_RATE_BPS
        at = 0
        for frame in filtered(_told(sound, progress), steps):
            frame.pts = at
            at += frame.samples
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def filtered(frames: Iterator[av.AudioFrame], steps: Sequence[tuple[str, str]]) -> Iterator[av.AudioFrame]:
    """Yield frames after FFmpeg's filters, each a name and our own arguments."""
    first = next(frames, None)
    if first is None:
        return
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=first.sample_rate,
        format=first.format.name,
        layout=first.layout.name,
        time_base=first.time_base,
    )
    last = source
    for name, arguments in [*steps, ("abuffersink", "")]:
        node = graph.add(name, arguments)
        last.link_to(node)
        last = node
    graph.configure()
    source.push(first)
    for frame in frames:
        source.push(frame)
        yield from _pulled(last)
    source.push(None)
    yield from _pulled(last)


def _pulled(sink: av.filter.context.FilterContext) -> Iterator[av.AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        if isinstance(frame, av.AudioFrame):
            yield frame


def _decoded(
    container: av.container.InputContainer, stream: av.audio.stream.AudioStream
) -> Iterator[av.AudioFrame]:
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            continue  # players skip what is between frames, too


def _told(sound: Sound, progress: Progress) -> Iterator[av.AudioFrame]:
    done = 0
    for frame in sound.frames():
        progress(done / RATE_HZ * 1000 / sound.duration_ms)
        done += frame.samples
        yield frame
