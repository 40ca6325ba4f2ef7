"""
``int()`` makes whole seconds of it. It also sends the caller back half a second early.

Caught by: a_wait_is_rounded_up
"""


def retry_after(wait_s: float) -> str:
    """Round towards zero."""
    # --8<-- [start:whole-seconds]
    return str(max(0, int(wait_s)))
    # --8<-- [end:whole-seconds]
