"""The header Retry-After (RFC 9110, section 10.2.3)."""

import math
from datetime import UTC, datetime

LONGEST_S = 3600.0  # somebody else's header must not silence you for a year


# --8<-- [start:task]
def retry_after(wait_s: float) -> str:
    """
    Return the header's value for a caller who must wait ``wait_s`` seconds.

    Whole seconds, rounded up: who comes back too early is refused again. A wait that is over is 0.
    """
    # --8<-- [start:whole-seconds]
    return str(max(0, math.ceil(wait_s)))
    # --8<-- [end:whole-seconds]


# --8<-- [end:task]


def wait_s(value: str, now: datetime) -> float:
    """
    Return how many seconds another server's header asks to wait, from 0 to ``LONGEST_S``.

    ``value`` is a number of seconds, or a date in GMT; ``now`` is aware. Raises ``ValueError`` for anything else.
    """
    # --8<-- [start:seconds-or-date]
    if value.isascii() and value.isdecimal():
        return min(float(value), LONGEST_S)
    back_at = datetime.strptime(value, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    return min(max(0.0, (back_at - now).total_seconds()), LONGEST_S)
    # --8<-- [end:seconds-or-date]
