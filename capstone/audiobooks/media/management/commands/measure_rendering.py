"""
`manage measure_rendering`: how much memory a long book takes, and how much work, against one plain pass by FFmpeg.

Each rendering is a process of its own, so that its peak is its own. Nothing of it reaches the database or the storage.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from django.core.management.base import BaseCommand, CommandParser

from audiobooks.catalog.services.recordings import ChapterDetails
from audiobooks.media.encoding import encode_m4a
from audiobooks.media.inspection import inspect
from audiobooks.media.packaging import package
from audiobooks.media.rendering import RATE_HZ, Sound, Source, levelled, levels_of

MINUTE_MS = 60_000
SOUND_HZ = 22_050


class Command(BaseCommand):
    """Prints a line for each length, then the ratios, round by round in turn."""

    requires_system_checks = ()
    help = "Render books of the given lengths, each in a process of its own, and print its peak of memory."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say how long the books are, and how often the first is measured against one plain pass."""
        parser.add_argument("minutes", nargs="*", type=int, default=[10, 60, 600])
        parser.add_argument("--rounds", type=int, default=0, help="Against one decoding and encoding.")
        parser.add_argument("--source", type=Path, help="Render this file, and print what it took as JSON.")
        parser.add_argument("--plain", action="store_true", help="Decode and encode it once instead.")

    def handle(self, *, minutes: list[int], rounds: int, source: Path | None, plain: bool, **_: Any) -> None:
        """Measure one file, or all."""
        if source:
            self.stdout.write(json.dumps(taken(source, plain=plain)))
            return
        with tempfile.TemporaryDirectory() as folder:
            for length in minutes:
                book = book_written(Path(folder, f"{length}.m4a"), length)
                found = in_a_process(book)
                speed = length * 60 / found["seconds"]
                self.stdout.write(
                    f"{length:>5} minutes: peak {found['peak_mib']:.0f} MiB, {speed:.0f} times real time"
                )
            first = Path(folder, f"{minutes[0]}.m4a")
            ratios = [
                in_a_process(first)["cpu_s"] / in_a_process(first, "--plain")["cpu_s"] for _ in range(rounds)
            ]
            if ratios:
                self.stdout.write(
                    f"Processor time, against decoding and encoding it once: {statistics.median(ratios):.2f} times "
                    f"({min(ratios):.2f} to {max(ratios):.2f}, {rounds} rounds)"
                )


def in_a_process(source: Path, *options: str) -> dict[str, float]:
    """Return what a file took in a new process."""
    command = [sys.executable, sys.argv[0], "measure_rendering", "--source", str(source), *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- ourselves
    found: dict[str, float] = json.loads(done.stdout)
    return found


def taken(source: Path, *, plain: bool) -> dict[str, float]:
    """Render a file, or only decode and encode it, and return the seconds, processor seconds and peak it took."""
    found = inspect(source, progress=_nothing)  # as for each upload; FFmpeg alone would keep the whole index
    began = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        if plain:
            encoded_once(source, Path(folder))
        else:
            rendered(Source(source, found.demuxers, found.duration_ms), Path(folder))
    return {
        "seconds": time.monotonic() - began[0],
        "cpu_s": time.process_time() - began[1],
        "peak_mib": peak_mib(),
    }


def peak_mib() -> float:
    """Return the most memory that this process has had: on Linux, ``ru_maxrss`` begins at what its parent had."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS: bytes


def rendered(source: Source, folder: Path) -> None:
    """Make an M4B and all streams, a chapter for every 10 minutes."""
    sound, duration_ms, step = Sound([source], "mono"), source.duration_ms, 10 * MINUTE_MS
    chapters = [
        ChapterDetails(f"Chapter {at // step + 1}", at, min(at + step, duration_ms))
        for at in range(0, duration_ms, step)
    ]
    frames = levelled(sound, levels_of(sound, progress=_nothing), progress=_nothing)
    package(frames, folder, layout="mono", chapters=chapters, tags={"title": "A long book"})


def encoded_once(source: Path, folder: Path) -> None:
    """Decode a file and encode it as AAC of 64 kbit/s, as `ffmpeg -i … -c:a aac -b:a 64k -aac_coder fast` does."""
    with av.open(source) as read, av.open(folder / "plain.m4a", "w") as written:
        track = written.add_stream("aac", rate=RATE_HZ, layout="mono", options={"aac_coder": "fast"})
        track.bit_rate = 64_000
        for frame in read.decode(audio=0):
            written.mux(track.encode(frame))
        written.mux(track.encode(None))


def book_written(path: Path, minutes: int) -> Path:
    """Write a book of a minute's packets, over and over: in a moment, and a packet in memory."""
    minute = path.with_suffix(".minute")
    minute.write_bytes(encode_m4a(_minute(), sample_rate_hz=SOUND_HZ, title="A minute"))
    with av.open(minute) as read, av.open(path, "w", format="ipod") as written:
        track = written.add_stream_from_template(read.streams.audio[0])
        at = 0
        for packet in _repeated(minute, minutes):
            packet.pts = packet.dts = at
            packet.time_base = Fraction(1, SOUND_HZ)
            at += packet.duration or 0
            packet.stream = track
            written.mux(packet)
    return path


def _repeated(path: Path, times: int) -> Iterator["av.Packet[AudioStream]"]:
    for _ in range(times):
        with av.open(path) as container:
            yield from (packet for packet in container.demux(audio=0) if packet.size)


def _minute() -> bytes:
    """Return a minute that rises and falls as speech does: a voice's harmonics, in syllables with gaps between."""
    at_s = np.arange(60 * SOUND_HZ) / SOUND_HZ
    voice = sum(np.sin(2 * np.pi * 120 * n * at_s) / n for n in range(1, 30))
    syllables = np.clip(np.sin(2 * np.pi * 4 * at_s) + 0.5 * np.sin(2 * np.pi * 0.3 * at_s), 0, 1)
    samples = 3_000 * voice * syllables
    return bytes(samples.astype("<i2").tobytes())


def _nothing(_share: float) -> None:
    """Nobody is told how far it is."""
