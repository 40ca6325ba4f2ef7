"""
"If the source fails there is nothing, so nothing is what we keep."

And everybody is told for a while that there is nothing, though the source was away for a second.

Caught by: an_error_is_not_kept
"""


class Asked:
    def make(self, store, key, last):
        # --8<-- [start:read-through]
        try:
            payload, compute_s = self.computed()
        except self.policy.stale_if as error:
            if last is None:
                self.keep(store, key, NOTHING, 0)
            return self.instead(last, error)
        self.keep(store, key, payload, compute_s)
        return self.counted("misses", self.decoded(payload))
        # --8<-- [end:read-through]
