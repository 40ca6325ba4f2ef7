"""
Byte ranges (RFC 9110, section 14): which part of a file a request asks for.

The RFC leaves a server choices; these are ours:

- one range is answered with 206, or with 416 where the file has no such byte (section 15.5.17);
- an invalid ``bytes`` header (``bytes=9-1``) is 416 as well, with a reason. Section 14.2 lets a server ignore
  or reject it; a client that meant a part would take the whole file for it, so it is told;
- several valid ranges are ignored, as section 14.2 allows: the answer is the whole file, never a multipart;
- a header longer than 200 characters is 416: "an excessive request of small or overlapping ranges" (15.5.17);
- a unit other than ``bytes`` is ignored, as section 14.2 demands.
"""

import re
from dataclasses import dataclass

LONGEST_HEADER = 200
# Section 14.1.1, ASCII digits only. A list may have empty elements and blanks around its commas: 5.6.1.2.
RANGE = re.compile(r"(?P<first>[0-9]+)-(?P<last>[0-9]*)|-(?P<suffix>[0-9]+)")


class RangeRefused(Exception):
    """No byte can be answered; the message says why in a sentence."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes [start, end) of a file, at least one."""

    start: int
    end: int


def requested_range(header: str | None, size_bytes: int) -> ByteRange | None:
    """
    Return the part of a file of ``size_bytes`` (at least 1) that a Range header asks for; None is the whole.

    Raises ``RangeRefused``.
    """
    if header is None:
        return None
    if len(header) > LONGEST_HEADER:
        message = f"The Range header has {len(header)} characters, at most {LONGEST_HEADER} are read. "
        raise RangeRefused(message + "Ask for one range, such as bytes=0-1023.")
    unit, equals, specifier = header.partition("=")
    if equals and unit.lower() != "bytes":
        return None
    elements = [element for text in specifier.split(",") if (element := text.strip(" \t"))]
    ranges = [_resolved(element, size_bytes) for element in elements]
    if not ranges:
        message = "The Range header names no range. Write it as bytes=0-1023, bytes=1024- or bytes=-1024."
        raise RangeRefused(message)
    if len(ranges) > 1:
        return None
    if ranges[0].start >= ranges[0].end:
        message = (
            f"The file has {size_bytes} bytes, numbered from 0: the range {elements[0]} has none of them."
        )
        raise RangeRefused(message)
    return ranges[0]


def _resolved(element: str, size_bytes: int) -> ByteRange:
    """Return what one range comes to in this file; empty where it lies beyond the end."""
    match = RANGE.fullmatch(element)
    if match is None:
        message = f"{element!r} is no byte range. Write it as bytes=0-1023, bytes=1024- or bytes=-1024."
        raise RangeRefused(message)
    if match["suffix"]:
        return ByteRange(max(0, size_bytes - int(match["suffix"])), size_bytes)
    first, last = int(match["first"]), match["last"]
    if last and int(last) < first:
        message = f"The range {element} ends before it begins. Write the smaller number first."
        raise RangeRefused(message)
    return ByteRange(first, min(size_bytes, int(last) + 1) if last else size_bytes)
