"""What is in an audio file that somebody sent: read packet by packet, so memory does not grow with its length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from audiobooks.catalog.services.recordings import MOST_CHAPTERS, ChapterDetails
from audiobooks.catalog.text import plain_text
from audiobooks.errors import Invalid
from audiobooks.media.sniffing import HEAD_BYTES, demuxers_for
from audiobooks.media.stretches import Stretch, stretches_of

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer
else:
    from audiobooks.media import ffmpeg as av

LONGEST_MS = 100 * 3_600_000  # of a file, and of all files of a recording
MOST_STREAMS = 16
MOST_CHANNELS = 8
HIGHEST_RATE_HZ = 192_000
TRIED_PACKETS = 50  # of which one must decode
SHORT_BY_MS = 1000  # what a whole file may lack of the length that its header says
MEDIA_TYPES = {
    "mov": "audio/mp4",
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
}

Progress = Callable[[float], None]
Packet: TypeAlias = "av.Packet[AudioStream]"


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file's sound, FFmpeg's demuxers for it, its tags (lower-case names, plain text), its own chapters, and the picture in it."""

    duration_ms: int
    demuxers: str
    media_type: str
    codec: str
    sample_rate_hz: int
    channels: int
    tags: dict[str, str]
    chapters: tuple[ChapterDetails, ...]
    cover: bytes | None


def inspect(path: Path, *, progress: Progress) -> Inspection:
    """
    Read a whole file and say what is in it; ``progress`` is told the share that is read.

    Raises ``Invalid``: ``not_audio``, ``audio_truncated``, ``audio_beyond_limits``, ``too_many_chapters``.
    """
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        whitelist = demuxers_for(file.read(HEAD_BYTES))
        file.seek(0)
        stretches = stretches_of(file)
        first = next(stretches)
        try:
            with _opened(first, whitelist) as container:
                stream = _checked_stream(container)
                cover = _cover(container)
                packets = chain(_timed(container, first), _timed_others(stretches, whitelist))
                measured_ms = _measured_ms(packets, stream, lambda at: progress(at / size_bytes))
                said_ms = _ms(first.all_last or stream.duration or 0, stream.time_base)
                duration_ms = _duration_ms(stream, said_ms or measured_ms, measured_ms)
                return _inspection(container, stream, whitelist, duration_ms, cover)
        except av.FFmpegError as error:
            raise _unreadable(error.strerror or type(error).__name__) from error


def _opened(stretch: Stretch, demuxers: str) -> InputContainer:
    options = {"format_whitelist": demuxers}
    return av.open(stretch.file, "r", options=options, metadata_errors="replace")


def _inspection(
    container: InputContainer, stream: AudioStream, demuxers: str, duration_ms: int, cover: bytes | None
) -> Inspection:
    _check_decodes(container, stream)
    kind = container.format.name.split(",")[0]
    return Inspection(
        duration_ms=duration_ms,
        demuxers=demuxers,
        media_type=MEDIA_TYPES.get(kind, f"audio/{kind}"),
        codec=stream.codec_context.name.removesuffix("float"),
        sample_rate_hz=stream.codec_context.sample_rate,
        channels=stream.codec_context.channels,
        tags={
            name.lower(): plain_text(text) for name, text in (stream.metadata | container.metadata).items()
        },
        chapters=_chapters(container, duration_ms),
        cover=cover,
    )


def _checked_stream(container: av.container.InputContainer) -> av.AudioStream:
    if not container.streams.audio:
        raise _unreadable("it has no audio stream")
    stream: av.AudioStream = container.streams.audio[0]
    if stream.codec_context is None:
        raise _unreadable("it does not say how its sound is coded")
    found = (len(container.streams), stream.codec_context.channels, stream.codec_context.sample_rate)
    if any(
        one > most for one, most in zip(found, (MOST_STREAMS, MOST_CHANNELS, HIGHEST_RATE_HZ), strict=True)
    ):
        raise Invalid(
            "audio_beyond_limits",
            f"It has {found[0]} streams, {found[1]} channels and {found[2]} Hz: at most {MOST_STREAMS}, "
            f"{MOST_CHANNELS} and {HIGHEST_RATE_HZ} are taken.",
        )
    return stream


def _cover(container: av.container.InputContainer) -> bytes | None:
    """Return the first picture as it lies in the file: nothing here decodes it."""
    for stream in container.streams.video:
        if av.stream.Disposition.attached_pic in stream.disposition:
            picture = next((bytes(packet) for packet in container.demux(stream) if packet.size), None)
            container.seek(0)
            return picture
    return None


def _timed(container: InputContainer, stretch: Stretch) -> Iterator[tuple[int, Packet]]:
    """Yield when packets begin, and them."""
    for packet in container.demux(container.streams.audio[0]):
        if packet.pts is not None and packet.size:
            yield packet.pts + stretch.later_by, packet


def _timed_others(stretches: Iterator[Stretch], demuxers: str) -> Iterator[tuple[int, Packet]]:
    for stretch in stretches:
        with _opened(stretch, demuxers) as container:
            yield from _timed(container, stretch)


def _measured_ms(
    packets: Iterator[tuple[int, Packet]], stream: AudioStream, at_byte: Callable[[int], None]
) -> int:
    start, end = None, 0
    for at, packet in packets:
        start = at if start is None else start
        end = max(end, at + (packet.duration or 0))
        at_byte(packet.pos or 0)
    return _ms(end - max(start or 0, 0), stream.time_base)


def _duration_ms(stream: AudioStream, said_ms: int, measured_ms: int) -> int:
    """Return what the header says, where it can be believed: an MP3's may be a guess from its first frames."""
    if not 0 < measured_ms <= LONGEST_MS:
        raise Invalid(
            "audio_beyond_limits",
            f"It lasts {measured_ms} ms: from 1 ms to {LONGEST_MS // 3_600_000} hours are taken.",
        )
    if stream.codec_context.name.startswith("mp3"):
        return measured_ms
    if measured_ms < said_ms - SHORT_BY_MS:
        raise Invalid(
            "audio_truncated",
            f"The file is cut off: it should last {said_ms} ms, and ends after {measured_ms} ms. Send the whole.",
        )
    return said_ms


def _check_decodes(container: av.container.InputContainer, stream: av.AudioStream) -> None:
    container.seek(0)
    for number, packet in enumerate(container.demux(stream)):
        try:
            if packet.decode():
                return
        except av.InvalidDataError:
            pass  # players skip what is between frames, too
        if number >= TRIED_PACKETS:
            break
    raise _unreadable(f"its {stream.codec_context.name} sound cannot be decoded")


def _chapters(container: av.container.InputContainer, duration_ms: int) -> tuple[ChapterDetails, ...]:
    """Return the container's chapters in order, none beyond the end, each ending where the next begins or before."""
    found = container.chapters()
    if len(found) > MOST_CHAPTERS:
        raise Invalid(
            "too_many_chapters", f"It has {len(found)} chapters: at most {MOST_CHAPTERS} are taken."
        )
    at_ms = sorted(
        (_ms(c["start"], c["time_base"]), _ms(c["end"], c["time_base"]), c["metadata"]) for c in found
    )
    ends = [start for start, _, _ in at_ms[1:]] + [duration_ms] * bool(at_ms)
    return tuple(
        ChapterDetails(
            one_line(tags.get("title", "")) or f"Chapter {number}",
            max(start, 0),
            min(end, limit, duration_ms),
        )
        for number, ((start, end, tags), limit) in enumerate(zip(at_ms, ends, strict=True), 1)
        if max(start, 0) < min(end, limit, duration_ms)
    )


def _ms(ticks: int, time_base: Fraction | None) -> int:
    return round(ticks * (time_base or 0) * 1000)


def one_line(text: str, most: int = 300) -> str:
    """Return text from a tag as a title: without markup, line breaks and runs of spaces, at most ``most`` characters."""
    return " ".join(plain_text(text).split())[:most].strip()


def _unreadable(why: str) -> Invalid:
    return Invalid("not_audio", f"This is not an audio file we can use: {why}.")
