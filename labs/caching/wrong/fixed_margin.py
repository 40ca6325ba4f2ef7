"""
"Begin five seconds before the end."

Everybody who comes in these five seconds begins, and for what takes ten seconds it is too late. Only chance makes it one,
and only the time it takes says when.

Caught by: the_longer_it_takes_the_earlier_one_begins
"""


def is_due(fresh_for_s, compute_s, early, chance=None):
    # --8<-- [start:early]
    return fresh_for_s < 5
    # --8<-- [end:early]
