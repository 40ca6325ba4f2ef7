"""
"The source is down: let us not ask it for the next minute."

So the old answer is kept as a new one, for another minute, and another. Whoever reads it cannot know that it is an hour
old, and stale_s bounds nothing any more.

Caught by: a_source_that_is_back_is_believed_at_once
"""


class Asked:
    def instead(self, last, error):
        # --8<-- [start:stale-if-error]
        key = key_of(self.name, self.parts, generations(self.topics))
        self.keep(current_store(), key, last.entry.payload, last.entry.compute_s)
        return self.counted("stale", last.value)
        # --8<-- [end:stale-if-error]
