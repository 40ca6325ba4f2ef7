"""
A long MP4 in stretches, each a file to FFmpeg, which keeps 24 to 72 bytes for every packet of a file that it opens.

A stretch is the file itself, and behind it another index: of PACKETS packets of the first audio track. What is short,
fragmented or unusual is one stretch, and FFmpeg's alone: nothing here judges a file (ISO/IEC 14496-12, section 8).
"""

import io
import os
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, groupby, islice, repeat, takewhile
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PACKETS = 16_384  # 6 minutes of AAC at 48 kHz
MOST_BYTES = 1 << 24  # of an index without the tables that grow
MOST_BOXES = 1000  # in a box
ROWS = {b"stts": ">II", b"stsc": ">III", b"stsz": ">I", b"stco": ">I", b"co64": ">Q"}
ROWS_AT_ONCE = 4096
DOWN = (b"trak", b"mdia", b"minf", b"stbl")  # from an index to a track's tables


class Stretch(NamedTuple):
    """What FFmpeg is given; what its times lack, and how long all stretches last, both in the track's units."""

    file: IO[bytes]
    later_by: int = 0
    all_last: int | None = None  # where FFmpeg knows


def stretches_of(file: IO[bytes]) -> Iterator[Stretch]:
    """Yield an open file in stretches, in order."""
    try:
        index = Index(file.fileno())
    except (KeyError, ValueError, ZeroDivisionError, struct.error):
        yield Stretch(file)
    else:
        stretches = index.stretches()
        yield next(stretches, Stretch(file))
        yield from stretches


class Box(NamedTuple):
    """Where a box lies, and what is in it."""

    kind: bytes
    at: int
    start: int
    end: int


class Packet(NamedTuple):
    """Where a packet lies, when it begins, and how long it is, in the track's units."""

    chunk: int
    at: int
    size_bytes: int
    start: int
    duration: int


class Index:
    """What a long file's index says. Raises ``KeyError``, ``ValueError`` or ``struct.error`` where FFmpeg shall read it."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor, self.size_bytes = descriptor, os.fstat(descriptor).st_size
        self.moov = self._inner(Box(b"", 0, 0, self.size_bytes), b"moov")
        traks = [box for box in self._boxes(self.moov) if box.kind == b"trak"]
        self.trak = {self._handler(trak): trak for trak in reversed(traks)}[b"soun"]
        self.tables = {box.kind: box for box in self._boxes(self._inner(self.trak, *DOWN[1:]))}
        self.places = b"co64" if b"co64" in self.tables else b"stco"
        tables_bytes = sum(box.end - box.at for kind, box in self.tables.items() if kind in ROWS)
        (descriptions,) = self._numbers(">I", self.tables[b"stsd"].start + 4)
        (packets,) = self._numbers(">I", self.tables[b"stsz"].start + 8)
        are_samples = list(islice(self._rows(b"stts"), 2)) == [(packets, 1)]  # PCM: FFmpeg reads many at once
        is_whole = {b"stsc", self.places} <= self.tables.keys()
        is_known = (
            is_whole
            and descriptions == 1
            and sum(n for n, _ in self._rows(b"stts")) == packets
            and not are_samples
        )
        is_small = self.moov.end - self.moov.at - tables_bytes <= MOST_BYTES
        if not (PACKETS < packets < self.size_bytes and is_known and is_small):
            raise ValueError(packets)
        self.left_out, self.lasts = self._edits()

    def stretches(self) -> Iterator[Stretch]:
        """Yield the track's packets as files."""
        end = self.left_out + self.lasts
        packets = takewhile(lambda packet: packet.start < end, self._packets())
        while part := list(islice(packets, PACKETS)):
            start = part[0].start
            moov = self._cut(self.moov, DOWN, part, is_first=start == 0)
            del part  # while it is heard, and the next is made
            file = io.BufferedReader(_WithIndex(self.descriptor, self.moov.at, self.size_bytes, moov))
            yield Stretch(file, start and start - self.left_out, self.lasts)

    def _numbers(self, row: str, at: int) -> tuple[int, ...]:
        return struct.unpack(row, os.pread(self.descriptor, struct.calcsize(row), at))

    def _boxes(self, holder: Box) -> Iterator[Box]:
        at = holder.start
        for _ in range(MOST_BOXES):
            if at == holder.end:
                return
            size, start = self._numbers(">I", at)[0], at + 8
            if size == 1:
                size, start = self._numbers(">Q", start)[0], start + 8
            if not start <= at + size <= holder.end:
                break
            yield Box(os.pread(self.descriptor, 4, at + 4), at, start, at + size)
            at += size
        raise ValueError(holder)

    def _inner(self, box: Box, *kinds: bytes) -> Box:
        for kind in kinds:
            box = {one.kind: one for one in self._boxes(box)}[kind]
        return box

    def _handler(self, trak: Box) -> bytes:
        return os.pread(self.descriptor, 4, self._inner(trak, b"mdia", b"hdlr").start + 8)

    def _edits(self) -> tuple[int, int]:
        """Return how much of the beginning is left out, an encoder's priming, and how much is heard."""
        lasts = sum(count * each for count, each in self._rows(b"stts"))
        if not any(box.kind == b"edts" for box in self._boxes(self.trak)):
            return 0, lasts
        at = self._inner(self.trak, b"edts", b"elst").start
        version, edits = self._numbers(">B3xI", at)
        heard, left_out = self._numbers(">Qq" if version else ">Ii", at + 8)
        if edits != 1 or left_out < 0 or not heard:
            raise ValueError(edits)
        seconds = Fraction(heard, self._units_a_second(self.moov, b"mvhd"))
        heard = round(seconds * self._units_a_second(self.trak, b"mdia", b"mdhd"))
        return left_out, min(lasts, heard)

    def _units_a_second(self, box: Box, *kinds: bytes) -> int:
        at = self._inner(box, *kinds).start
        (version,) = self._numbers(">B", at)
        return self._numbers(">I", at + (20 if version else 12))[0]

    def _rows(self, kind: bytes, before: int = 8) -> Iterator[tuple[int, ...]]:
        """Yield a table's rows, a few at a time: before the first stand version, flags and, last, how many there are."""
        start, size = self.tables[kind].start + before, struct.calcsize(ROWS[kind])
        end = min(start + self._numbers(">I", start - 4)[0] * size, self.tables[kind].end)
        for at in range(start, end, ROWS_AT_ONCE * size):
            rows = os.pread(self.descriptor, min(ROWS_AT_ONCE * size, end - at), at)
            yield from struct.iter_unpack(ROWS[kind], rows)

    def _packets(self) -> Iterator[Packet]:
        one_size, packets = self._numbers(">II", self.tables[b"stsz"].start + 4)
        each = zip(
            repeat((one_size,), packets) if one_size else self._rows(b"stsz", 12),
            chain.from_iterable(repeat(duration, count) for count, duration in self._rows(b"stts")),
            strict=False,
        )
        start, starts = 0, self._rows(self.places)
        for chunk, ((at,), count) in enumerate(zip(starts, self._counts(), strict=False)):
            for (size_bytes,), duration in islice(each, count):
                if at >= self.size_bytes:  # it is cut off
                    return
                yield Packet(chunk, at, size_bytes, start, duration)
                at, start = at + size_bytes, start + duration

    def _counts(self) -> Iterator[int]:
        """Yield how many packets each chunk has, and the last one's without end."""
        runs = self._rows(b"stsc")
        first, count, _ = next(runs, (1, 0, 1))
        for later, more, _ in runs:
            yield from repeat(count, max(later - first, 0))
            first, count = later, more
        yield from repeat(count)

    def _cut(self, box: Box, down: Sequence[bytes], part: Sequence[Packet], *, is_first: bool) -> bytes:
        """Return a box with another index in it; only the first packets have an edit list."""
        inner = []
        for one in self._boxes(box):
            if down and (one == self.trak if down[0] == b"trak" else one.kind == down[0]):
                inner.append(self._cut(one, down[1:], part, is_first=is_first))
            elif one.kind == b"stsd" if not down else is_first or one.kind != b"edts":
                inner.append(os.pread(self.descriptor, one.end - one.at, one.at))
        return _box(box.kind, b"".join(inner if down else [*inner, *_tables(part)]))


def _tables(part: Sequence[Packet]) -> Iterator[bytes]:
    """Yield tables of these packets, a row for each chunk."""
    durations = [(len(list(run)), each) for each, run in groupby(packet.duration for packet in part)]
    chunks = [list(run) for _, run in groupby(part, lambda packet: packet.chunk)]
    counts = [(number, len(run), 1) for number, run in enumerate(chunks, 1)]
    yield _table(b"stts", durations)
    yield _table(b"stsc", counts)
    yield _table(b"stsz", [(packet.size_bytes,) for packet in part], bytes(4))
    yield _table(b"co64", [(run[0].at,) for run in chunks])


def _table(kind: bytes, rows: Sequence[tuple[int, ...]], more: bytes = b"") -> bytes:
    packed = b"".join(struct.pack(ROWS[kind], *row) for row in rows)
    return _box(kind, bytes(4) + more + len(rows).to_bytes(4) + packed)


def _box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + kind + content


class _WithIndex(io.RawIOBase):
    """A file whose index is hidden, for another is behind it."""

    def __init__(self, descriptor: int, hidden_at: int, size_bytes: int, moov: bytes) -> None:
        self.descriptor, self.hidden_at, self.size_bytes, self.moov = descriptor, hidden_at, size_bytes, moov
        self.at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + (0, self.at, self.size_bytes + len(self.moov))[whence]
        return self.at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        if self.at >= self.size_bytes:
            start = self.at - self.size_bytes
            read = self.moov[start : start + len(view)]
        else:
            read = os.pread(self.descriptor, len(view), self.at)
        view[: len(read)] = read
        for place, byte in enumerate(b"free", self.hidden_at + 4 - self.at):
            if 0 <= place < len(read):
                view[place] = byte
        self.at += len(read)
        return len(read)
