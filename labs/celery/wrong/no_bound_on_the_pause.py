"""
"Each pause doubles; that is all there is to exponential backoff."

The tenth is 17 minutes, the fifteenth 9 hours, the twentieth 12 days. The mail server was back after one.

Caught by: a_pause_has_a_bound
"""


def backoff(attempt, policy, chance=None):
    # --8<-- [start:backoff]
    return policy.base * 2 ** (attempt - 1) * chance()
    # --8<-- [end:backoff]
