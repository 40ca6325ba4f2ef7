"""
"I set a time-out of a second, so a call takes a second."

It takes a second for each piece that comes. A service that sends a byte each 0.9 s has your worker for as long as it
likes: 1,000 bytes are a quarter of an hour.

Caught by: a_drip_ends_at_the_deadline
"""


class Stream:
    def read(self, max_bytes, timeout=None):
        # --8<-- [start:time-left]
        return self.inner.read(max_bytes, 1.0)
        # --8<-- [end:time-left]
