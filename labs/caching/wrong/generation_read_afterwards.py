"""
"Build the key when you need it: to look, and to keep."

Between the two a writer has committed, and bumped. What was read before that is kept under the number of after it: the old,
as the new, until it ends.

Caught by: what_was_made_of_the_old_state_is_not_the_new
"""


class Asked:
    def make(self, store, key, last):
        # --8<-- [start:read-through]
        try:
            payload, compute_s = self.computed()
        except self.policy.stale_if as error:
            return self.instead(last, error)
        self.keep(store, key_of(self.name, self.parts, generations(self.topics)), payload, compute_s)
        return self.counted("misses", self.decoded(payload))
        # --8<-- [end:read-through]
