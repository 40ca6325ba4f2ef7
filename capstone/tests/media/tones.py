"""A tone of its own frequency for every chapter, and the FFT that hears which one it is, or that it is speech."""

import io
from collections.abc import Iterable
from typing import BinaryIO

import av
import numpy as np

from audiobooks.media.encoding import encode_m4a

SAMPLE_RATE_HZ = 16_000


def tones_m4a(*frequencies_hz: int, seconds_each: int = 2) -> bytes:
    """Return AAC in MP4: one tone after the other."""
    time_s = np.arange(SAMPLE_RATE_HZ * seconds_each) / SAMPLE_RATE_HZ
    samples = np.concatenate([9_000 * np.sin(2 * np.pi * hz * time_s) for hz in frequencies_hz])
    return encode_m4a(samples.astype("<i2").tobytes(), sample_rate_hz=SAMPLE_RATE_HZ, title="Tones")


def padded_m4a(size_bytes: int) -> bytes:
    """Return a tone, padded to this size by a `free` box, which players skip (ISO/IEC 14496-12)."""
    audio = tones_m4a(440)
    box_bytes = size_bytes - len(audio)
    return audio + box_bytes.to_bytes(4) + b"free" + bytes(box_bytes - 8)


def heard_hz(
    content: bytes | BinaryIO | str, *, from_s: float = 0, seconds: float = 1, rate_hz: int = SAMPLE_RATE_HZ
) -> int:
    """Return the loudest frequency of a stretch of a file (or what lies at an address), to the hertz for one of a second."""
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    with av.open(file) as container:
        container.seek(int(from_s * av.time_base))
        samples = np.concatenate(list(_samples(container.decode(audio=0), from_s, from_s + seconds, rate_hz)))
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return round(spectrum.argmax() * rate_hz / len(samples))


def loudness(samples: np.ndarray, sample_rate_hz: int, lowest_hz: int, highest_hz: int) -> np.ndarray:
    """Return the energy between two frequencies in each 20 ms: in speech, most lies between 100 and 4,000 Hz."""
    step = sample_rate_hz // 50
    windows = samples[: len(samples) // step * step].reshape(-1, step) * np.hanning(step)
    spectrum = np.abs(np.fft.rfft(windows)) ** 2
    frequencies = np.fft.rfftfreq(step, 1 / sample_rate_hz)
    return spectrum[:, (frequencies >= lowest_hz) & (frequencies <= highest_hz)].sum(axis=1)


def is_speech(samples: np.ndarray, sample_rate_hz: int) -> bool:
    """Tell speech from a tone, noise and silence: its loudness between 100 and 4,000 Hz rises and falls."""
    voiced = loudness(samples, sample_rate_hz, 100, 4000)
    everything = loudness(samples, sample_rate_hz, 0, sample_rate_hz // 2)
    return bool(voiced.sum() / everything.sum() > 0.9 and voiced.std() / voiced.mean() > 0.5)


def _samples(
    frames: Iterable[av.AudioFrame], from_s: float, until_s: float, rate_hz: int
) -> Iterable[np.ndarray]:
    for frame in frames:
        if frame.time >= until_s:
            return
        skip = max(0, round((from_s - frame.time) * rate_hz))
        keep = round((until_s - frame.time) * rate_hz)
        yield frame.to_ndarray()[0][skip:keep]
