"""
Every server that I have met sends seconds.

Caught by: a_date_is_read
"""

from datetime import datetime


def wait_s(value: str, now: datetime) -> float:
    """Read one of the two forms."""
    # --8<-- [start:seconds-or-date]
    return float(value)
    # --8<-- [end:seconds-or-date]
