"""Sets of milliseconds: half-open ranges [start_ms, end_ms), sorted, apart from each other, none empty."""

from collections.abc import Iterable

Range = tuple[int, int]
Ranges = tuple[Range, ...]


def union(*several: Iterable[Range]) -> Ranges:
    """Return what is in any of them, in the one normal form: ranges that touch are one range."""
    found: list[Range] = []
    for start, end in sorted(one for ranges in several for one in ranges if one[0] < one[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def length_ms(ranges: Ranges) -> int:
    """Return how many milliseconds are in normal ranges."""
    return sum(end - start for start, end in ranges)
