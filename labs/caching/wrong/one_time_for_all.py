"""
"A minute is a minute."

What was made together ends together: after a restart, or after a job that fills the cache, 1,000 pages are made again in
the same second, a minute later, and every minute from then on.

Caught by: what_is_made_together_ends_apart
"""


def lifetime(policy, chance=None):
    # --8<-- [start:jitter]
    return policy.ttl_s
    # --8<-- [end:jitter]
