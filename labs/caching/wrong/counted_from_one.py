"""
"A topic that nobody has bumped is at 1. That need not be stored."

A full cache throws away what was used least, topics too. Then the topic is at 1 again, and so are the answers that were
kept under 1 and have not ended.

Caught by: what_the_cache_forgot_does_not_come_back
"""


def generations(topics):
    names = sorted(set(topics))
    store = current_store()
    # --8<-- [start:generations]
    found = store.get_many([topic_key(name) for name in names])
    return [(name, number or b"1") for name, number in zip(names, found, strict=True)]
    # --8<-- [end:generations]
