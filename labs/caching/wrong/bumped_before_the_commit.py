"""
"The change and the bump stand next to each other: so they happen together."

A reader comes between the bump and the commit, finds nothing under the new number, reads what is there, which is still
the old, and keeps it under the new number. After the commit nothing bumps it any more.

Caught by: a_bump_comes_with_the_commit
"""


def bump(*topics, using=None):
    act = Bump(frozenset(topics))
    # --8<-- [start:bump]
    act()
    # --8<-- [end:bump]
