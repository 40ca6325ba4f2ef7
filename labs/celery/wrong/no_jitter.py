"""
"Exponential backoff gives the server room to recover."

It does, and then 1,000 tasks that failed in the same second come back in the same second, 2 s later, and 4, and 8. The
server has room between the blows.

Caught by: pauses_are_spread
"""


def backoff(attempt, policy, chance=None):
    # --8<-- [start:backoff]
    return min(policy.most, policy.base * (1 << min(attempt - 1, 32)))
    # --8<-- [end:backoff]
