"""Sets of milliseconds: half-open ranges [start_ms, end_ms), sorted, apart from each other, none empty."""

from collections.abc import Iterable

Range = tuple[int, int]
Ranges = tuple[Range, ...]
MOST_CELLS = 8192  # of a recording: so a set on its grid has 4,096 ranges at most


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


# --8<-- [start:grid]
def on_grid(ranges: Iterable[Range], duration_ms: int) -> Ranges:
    """
    Return ranges with each end moved to the nearest line of the recording's grid: every so many whole seconds, and its end.

    What follows from the recording's length alone is the same whatever else was heard before. So it does not matter when
    ends are moved, before a union or after it; and ranges that touch go on touching.
    """
    cell_ms = cell_ms_of(duration_ms)

    def line(ms: int) -> int:
        below = min(ms, duration_ms) // cell_ms * cell_ms
        above = min(below + cell_ms, duration_ms)
        return below if ms - below < above - ms else above

    return union([(line(start), line(end)) for start, end in ranges])


def cell_ms_of(duration_ms: int) -> int:
    """Return how far apart the lines of a recording's grid are: 1 s up to 2 h 16 min, 5 s in 10 h."""
    return max(1, -(-duration_ms // (MOST_CELLS * 1000))) * 1000


# --8<-- [end:grid]
