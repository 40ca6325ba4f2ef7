"""
"None is a value like any other."

A reader asks for a book that is to appear at noon, a second before. For as long as a book's page is kept it is not there.

Caught by: none_is_kept_for_a_shorter_time
"""


class Asked:
    def keep(self, store, key, payload, compute_s):
        # --8<-- [start:keep]
        fresh_s = lifetime(self.policy)
        entry = Entry(clock() + fresh_s, compute_s, payload)
        with suppress(CacheAway):
            store.set(key, msgspec.msgpack.encode(entry), fresh_s + self.policy.stale_s)
        # --8<-- [end:keep]
