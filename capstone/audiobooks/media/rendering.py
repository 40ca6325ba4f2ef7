"""
A recording's files as one sound at one loudness, a second of it in memory: measured in one pass, read in another.

FFmpeg is only ever given open Python files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from audiobooks.errors import Invalid
from audiobooks.media.stretches import stretches_of

if TYPE_CHECKING:
    import av
    from av.audio.codeccontext import AudioCodecContext
    from av.audio.stream import AudioStream
else:
    from audiobooks.media import ffmpeg as av

RATE_HZ = 48_000  # the one rate of Opus, and 8 s are whole frames of AAC (375) and of Opus (400)
TARGET_LUFS = -18.0
PEAK_DBFS = -2.0  # of samples: between them, and by encoding, it rises; -1 dBTP is what may not be passed
CEILING = 10 ** (PEAK_DBFS / 20)
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
        """
        Yield it decoded: each file padded or cut to its time, so that chapters stay where they are.

        Raises ``Invalid("not_audio")`` for a file that begins well and cannot be decoded.
        """
        at = 0
        for source in self.sources:
            with source.path.open("rb") as file:
                try:
                    for frame in _frames(file, source, self.layout):
                        frame.pts, frame.time_base = at, Fraction(1, RATE_HZ)
                        at += frame.samples
                        yield frame
                except av.FFmpegError as error:
                    raise Invalid("not_audio", f"Its sound cannot be decoded: {error.strerror}.") from error


@dataclass(frozen=True, slots=True)
class Loudness:
    """What EBU R 128 measures: integrated loudness, and the true peak."""

    integrated_lufs: float
    true_peak: float  # of full scale


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud a sound is, and the gain that brings it to TARGET_LUFS."""

    source: Loudness
    gain_db: float


def levels_of(sound: Sound, *, progress: Progress) -> Levels:
    """
    Measure a sound, and find its gain.

    Where the limiter will have peaks to hold down, what it takes from the loudness is measured too, and given back.
    """
    source = loudness_of(_told(sound, lambda share: progress(share / 2)))
    if source.integrated_lufs <= SILENCE_LUFS:
        return Levels(source, 0.0)
    levels = Levels(source, min(TARGET_LUFS - source.integrated_lufs, MOST_GAIN_DB))
    if source.true_peak * 10 ** (levels.gain_db / 20) <= CEILING:
        return levels
    limited = loudness_of(levelled(sound, levels, progress=lambda share: progress((1 + share) / 2)))
    lost_db = min(TARGET_LUFS, source.integrated_lufs + levels.gain_db) - limited.integrated_lufs
    return Levels(source, min(levels.gain_db + lost_db, MOST_GAIN_DB))


def loudness_of(frames: Iterator[av.AudioFrame]) -> Loudness:
    """Return the loudness of frames, in one pass (EBU R 128, by FFmpeg's ebur128)."""
    found: dict[str, str] = {}
    for frame in filtered(frames, [("ebur128", "peak=true:metadata=1:framelog=quiet")]):
        found = dict(frame.metadata) or found  # of the whole until here
    return Loudness(
        integrated_lufs=float(found.get("lavfi.r128.I", SILENCE_LUFS)),
        true_peak=float(found.get("lavfi.r128.true_peak", 0)),
    )


def levelled(sound: Sound, levels: Levels, *, progress: Progress) -> Iterator[av.AudioFrame]:
    """Yield a sound a second at a time, at TARGET_LUFS; peaks are limited."""
    steps = [
        ("volume", f"{levels.gain_db}dB"),
        ("alimiter", f"limit={CEILING:.4f}:level=false:latency=true"),
        ("asetnsamples", f"n={RATE_HZ}:p=0"),
    ]
    at = 0
    for frame in filtered(_told(sound, progress), steps):
        frame.pts, frame.time_base = at, Fraction(1, RATE_HZ)
        at += frame.samples
        yield frame


def filtered(frames: Iterator[av.AudioFrame], steps: Sequence[tuple[str, str]]) -> Iterator[av.AudioFrame]:
    """Yield frames after FFmpeg's filters, each a name and our own arguments."""
    first = next(frames, None)
    if first is None:
        return
    graph = av.filter.Graph()
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
    for frame in chain([first], frames, [None]):
        try:
            source.push(frame)
        except av.EOFError:  # a filter has all it wants, as atrim does
            break
        yield from _pulled(last)
    yield from _pulled(last)


def _frames(file: BinaryIO, source: Source, layout: str) -> Iterator[av.AudioFrame]:
    """Yield an open file, as long as it lies on the timeline."""
    seconds = source.duration_ms / 1000
    steps = [
        ("aresample", str(RATE_HZ)),
        ("aformat", f"sample_fmts=fltp:channel_layouts={layout}"),
        ("apad", f"whole_dur={seconds}"),
        ("atrim", f"end={seconds}"),
        ("asetnsamples", f"n={RATE_HZ}:p=0"),
    ]
    yield from filtered(_decoded(file, source.demuxers), steps)


def _pulled(sink: av.filter.context.FilterContext) -> Iterator[av.AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        if isinstance(frame, av.AudioFrame):
            yield frame


def _decoded(file: BinaryIO, demuxers: str) -> Iterator[av.AudioFrame]:
    """Yield what is in an open file: one decoder hears all stretches."""
    decoder = None
    for stretch in stretches_of(file):
        options = {"format_whitelist": demuxers}
        with av.open(stretch.file, "r", options=options, metadata_errors="replace") as container:
            stream = container.streams.audio[0]
            decoder = decoder or stream.codec_context
            for packet in container.demux(stream):
                if packet.size:
                    packet.pts = None if packet.pts is None else packet.pts + stretch.later_by
                    yield from _heard(decoder, packet)
    if decoder:
        yield from _heard(decoder, None)


def _heard(decoder: AudioCodecContext, packet: av.Packet[AudioStream] | None) -> list[av.AudioFrame]:
    try:
        return decoder.decode(packet)
    except av.InvalidDataError:
        return []  # players skip what is between frames, too


def _told(sound: Sound, progress: Progress) -> Iterator[av.AudioFrame]:
    done = 0
    for frame in sound.frames():
        progress(done / RATE_HZ * 1000 / sound.duration_ms)
        done += frame.samples
        yield frame
