"""
"The error is caught, and the source answers. What more?"

The time. A cache that is gone refuses at once; one that hangs is waited for, by every request, for as long as the time-out
is. All workers wait, and the site is down because of its cache.

Caught by: a_cache_that_hangs_is_left_alone
"""


class Breaker:
    def pass_or_refuse(self):
        # --8<-- [start:breaker]
        return
        # --8<-- [end:breaker]
