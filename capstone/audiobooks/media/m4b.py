"""
An M4B in the same memory however long it is, byte for byte as FFmpeg's muxer writes it.

That muxer keeps 72 bytes for each packet until it writes the index, which stands before the sound. So it is given one
packet in SPARSE and the last: from them it knows tags, chapters, edit list and durations. The tables that count packets
are written here, from a file of their sizes (ISO/IEC 14496-12, section 8).
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate, chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from audiobooks.catalog.services.recordings import ChapterDetails

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
else:
    from audiobooks.media import ffmpeg as av

SPARSE = 65_536  # 23 minutes of AAC at 48 kHz: FFmpeg takes no gap of 2^31 samples
CHUNK_BYTES = 1 << 20  # its chunks are smaller
HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}  # boxes of nothing but boxes
RATES_AT = 26  # from "esds" to the highest and the mean bit rate (ISO/IEC 14496-1, DecoderConfigDescriptor)


@contextmanager
def m4b_opened(
    path: Path, like: AudioStream, *, chapters: Sequence[ChapterDetails], tags: dict[str, str]
) -> Iterator[Callable[[av.Packet[AudioStream]], None]]:
    """
    Yield what takes the packets of an encoder, ``like``, one after the other; the file is written at the end.

    Until then they lie in files without names, which a killed process does not leave behind. Raises ``ValueError`` for a
    gap between packets, ``OverflowError`` for 4 GiB or more, ``OSError`` where the disk is full.
    """
    with ExitStack() as opened:
        sound, sizes = (opened.enter_context(tempfile.TemporaryFile(dir=path.parent)) for _ in range(2))
        sample, counts, last = io.BytesIO(), Counts(like.rate), None
        with av.open(sample, "w", format="ipod", options={"fflags": "+bitexact"}) as container:
            name(container, chapters, tags)
            track = container.add_stream_from_template(like)

            def add(packet: av.Packet[AudioStream]) -> None:
                nonlocal last
                is_given = counts.packets % SPARSE == 0
                counts.add(packet)
                sound.write(packet)
                sizes.write(packet.size.to_bytes(4))
                packet.stream = track
                if is_given:
                    container.mux(packet)
                last = None if is_given else packet

            yield add
            if last:
                container.mux(last)
        with path.open("wb") as file:
            for box in _whole(sample.getvalue(), counts, sound, sizes):
                box.write(file)


@dataclass(slots=True)
class Counts:
    """What is told of the packets, but for the size of each: it grows with MiB of sound and not with packets."""

    rate_hz: int
    packets: int = 0
    end: int | None = None  # where the next one begins
    one_size: int | None = None  # in bytes, of each; 0 where they differ
    durations: list[list[int]] = field(default_factory=list)  # packets, and how long each is; run by run
    chunks: list[list[int]] = field(default_factory=list)  # packets, and bytes in all

    def add(self, packet: av.Packet[AudioStream]) -> None:
        """Count one more packet."""
        size, duration, start = packet.size, packet.duration or 0, packet.pts or 0
        if self.end not in {None, start}:
            message = f"A packet begins at {start}, and the one before ended at {self.end}."
            raise ValueError(message)
        self.packets, self.end = self.packets + 1, start + duration
        self.one_size = size if self.one_size in {None, size} else 0
        if not self.durations or self.durations[-1][1] != duration:
            self.durations.append([0, duration])
        self.durations[-1][0] += 1
        if not self.chunks or self.chunks[-1][1] + size >= CHUNK_BYTES:
            self.chunks.append([0, 0])
        self.chunks[-1][0] += 1
        self.chunks[-1][1] += size

    @property
    def bit_rate_bps(self) -> int:
        """The mean, rounded down."""
        length = sum(packets * each for packets, each in self.durations)
        return 8 * sum(size for _, size in self.chunks) * self.rate_hz // length


@dataclass(slots=True)
class Box:
    """A box: its own bytes, then a file's, then the boxes in it."""

    kind: bytes
    content: bytes = b""
    file: IO[bytes] | None = None
    boxes: list[Box] = field(default_factory=list)

    @property
    def size_bytes(self) -> int:
        """How long it is, with its header and all in it."""
        of_file = self.file.seek(0, io.SEEK_END) if self.file else 0
        return 8 + len(self.content) + of_file + sum(box.size_bytes for box in self.boxes)

    def inner(self, *kinds: bytes) -> Box:
        """Return its first box of the first kind, in that the first of the next, and so on. Raises ``KeyError``."""
        if not kinds:
            return self
        return {box.kind: box for box in reversed(self.boxes)}[kinds[0]].inner(*kinds[1:])

    def write(self, to: IO[bytes]) -> None:
        """Write all of it, its file a little at a time."""
        to.write(self.size_bytes.to_bytes(4) + self.kind + self.content)
        if self.file:
            self.file.seek(0)
            shutil.copyfileobj(self.file, to)
        for box in self.boxes:
            box.write(to)


def name(container: OutputContainer, chapters: Sequence[ChapterDetails], tags: dict[str, str]) -> None:
    """Tell a file its tags and chapters, before anything is written."""
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


def _whole(sample: bytes, counts: Counts, sound: IO[bytes], sizes: IO[bytes]) -> list[Box]:
    """Return the boxes of FFmpeg's file, with all packets where it has a few, and the index before the sound."""
    brands, free, data, index = _parsed(sample)
    tables, *of_titles = (one.inner(b"mdia", b"minf", b"stbl") for one in index.boxes if one.kind == b"trak")
    before = brands.size_bytes + free.size_bytes + 8
    titles_bytes = _offset(tables) - before  # of chapters: they lie before the sound
    data.content, data.file = data.content[:titles_bytes], sound
    _fill(tables, counts, sizes)
    for other in of_titles:
        other.inner(b"stco").content = _table([[_offset(other) + index.size_bytes]])
    at = before + index.size_bytes + titles_bytes
    starts = accumulate((size for _, size in counts.chunks[:-1]), initial=at)
    tables.inner(b"stco").content = _table([start] for start in starts)
    return [brands, index, free, data]


def _parsed(content: bytes) -> Iterator[Box]:
    at = 0
    while at < len(content):
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        inner = content[at + 8 : at + size]
        yield Box(kind, boxes=list(_parsed(inner))) if kind in HOLDERS else Box(kind, inner)
        at += size


def _offset(tables: Box) -> int:
    """Return where a track's first chunk begins."""
    return int.from_bytes(tables.inner(b"stco").content[8:12])


def _fill(tables: Box, counts: Counts, sizes: IO[bytes]) -> None:
    """Tell of all packets, but not yet where they lie."""
    chunks = [packets for packets, _ in counts.chunks]
    runs = [n for n, packets in enumerate(chunks) if n == 0 or packets != chunks[n - 1]]
    tables.inner(b"stts").content = _table(counts.durations)
    tables.inner(b"stsc").content = _table([n + 1, chunks[n], 1] for n in runs)
    tables.inner(b"stsz").content = _numbers([0, counts.one_size or 0, counts.packets])
    tables.inner(b"stsz").file = None if counts.one_size else sizes
    tables.inner(b"stco").content = _table([0] for _ in chunks)
    rolls = tables.inner(b"sbgp")  # one run: each packet needs the one before it
    rolls.content = rolls.content[:12] + _numbers([counts.packets]) + rolls.content[16:]
    coding = tables.inner(b"stsd")
    at = coding.content.index(b"esds") + RATES_AT
    highest = max(int.from_bytes(coding.content[at : at + 4]), counts.bit_rate_bps)
    rates = _numbers([highest, counts.bit_rate_bps])
    coding.content = coding.content[:at] + rates + coding.content[at + 8 :]


def _table(rows: Iterable[Sequence[int]]) -> bytes:
    """Return version and flags, how many rows there are, and the rows."""
    rows = list(rows)
    return _numbers([0, len(rows), *chain.from_iterable(rows)])


def _numbers(numbers: Iterable[int]) -> bytes:
    return b"".join(number.to_bytes(4) for number in numbers)
