"""
Rounding up is all that was asked for, so a moment that has passed becomes -2, which the header cannot say.

Caught by: no_wait_is_negative
"""

import math


def retry_after(wait_s: float) -> str:
    """Round up, whatever it is."""
    # --8<-- [start:whole-seconds]
    return str(math.ceil(wait_s))
    # --8<-- [end:whole-seconds]
