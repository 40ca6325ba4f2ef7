"""Files as people send them: made by FFmpeg, and ID3 tags made by hand where FFmpeg writes none."""

import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
from PIL import Image

RATE_HZ = 48_000


def tone(hz: int, seconds: float = 2) -> np.ndarray:
    return 9_000 * np.sin(2 * np.pi * hz * np.arange(int(RATE_HZ * seconds)) / RATE_HZ)


def encoded(
    *frequencies_hz: int,
    seconds_each: float = 2,
    **but: Any,
) -> bytes:
    """Return one tone after the other as a file."""
    return samples_encoded(np.concatenate([tone(hz, seconds_each) for hz in frequencies_hz]), **but)


def samples_encoded(
    samples: np.ndarray,
    *,
    container: str = "ipod",
    codec: str = "aac",
    layout: str = "mono",
    tags: dict[str, str] | None = None,
    chapters: Sequence[tuple[int, int, str]] = (),
    options: dict[str, str] | None = None,
    bit_rate: int = 128_000,
) -> bytes:
    """Return samples, a second of 48,000, as a file; ``chapters`` are (start_ms, end_ms, title)."""
    samples = samples.astype("<i2")
    output = io.BytesIO()

    def reopen(_url: str, _flags: int, _options: dict[str, str]) -> io.BytesIO:
        return io.BytesIO(output.getvalue())  # for faststart, which moves the index to the front

    with av.open(output, "w", format=container, options=options or {}, io_open=reopen) as file:
        file.metadata.update(tags or {})
        if chapters:
            file.set_chapters(
                [
                    {
                        "id": n,
                        "start": a,
                        "end": z,
                        "time_base": Fraction(1, 1000),
                        "metadata": {"title": title},
                    }
                    for n, (a, z, title) in enumerate(chapters)
                ]
            )
        stream = file.add_stream(codec, rate=RATE_HZ, layout=layout)
        stream.bit_rate = bit_rate
        channels = stream.codec_context.layout.nb_channels
        frame = av.AudioFrame.from_ndarray(
            np.repeat(samples, channels).reshape(1, -1), format="s16", layout=layout
        )
        frame.sample_rate, frame.time_base, frame.pts = RATE_HZ, Fraction(1, RATE_HZ), 0
        resampler = av.AudioResampler(
            stream.codec_context.format, layout, RATE_HZ, frame_size=stream.codec_context.frame_size or 1024
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return output.getvalue()


def mp3(*frequencies_hz: int, seconds_each: float = 2, bit_rate: int = 128_000) -> bytes:
    """Return an MP3 without any header or tag."""
    return encoded(
        *frequencies_hz,
        seconds_each=seconds_each,
        container="mp3",
        codec="libmp3lame",
        options={"write_xing": "0", "id3v2_version": "0"},
        bit_rate=bit_rate,
    )


def id3(*frames: bytes) -> bytes:
    body = b"".join(frames)
    size = bytes((len(body) >> shift) & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + body


def id3_frame(name: str, body: bytes) -> bytes:
    return name.encode() + len(body).to_bytes(4) + b"\0\0" + body


def id3_text(name: str, text: str) -> bytes:
    return id3_frame(name, b"\x01" + text.encode("utf-16"))


def id3_chapter(number: int, start_ms: int, end_ms: int, title: str) -> bytes:
    times = start_ms.to_bytes(4) + end_ms.to_bytes(4) + b"\xff" * 8
    return id3_frame("CHAP", b"c%d\0" % number + times + id3_text("TIT2", title))


def id3_picture(picture: bytes, media_type: str = "image/png") -> bytes:
    return id3_frame("APIC", b"\0" + media_type.encode() + b"\0\x03\0" + picture)


def picture(width: int, height: int, mode: str = "RGB", kind: str = "PNG", **options) -> bytes:
    output = io.BytesIO()
    Image.new(mode, (width, height)).save(output, kind, **options)
    return output.getvalue()
