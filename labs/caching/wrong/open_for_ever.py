"""
"After three failures it is away. Whoever mends it starts us again."

Valkey restarts in a second. Forty processes do without it until the next deployment, and nobody knows why the database is
so busy.

Caught by: a_cache_that_is_back_is_found
"""


class Breaker:
    def pass_or_refuse(self):
        # --8<-- [start:breaker]
        if self.failures >= self.most:
            raise CacheAway("it did not answer")
        # --8<-- [end:breaker]
