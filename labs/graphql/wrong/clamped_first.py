"""
"Whoever asks for 101 gets 100, and for 0 gets 1: more friendly than an error."

A caller who asked for 500 and got 100 believes that there are 100. The error would have told them within a minute.

Caught by: first_is_bounded
"""


def page_from(first, after, *, ordering, default=20, most=100):
    # --8<-- [start:page]
    limit = default if first is None else min(max(first, 1), most)
    return Page(limit, None if after is None else read_cursor(after, ordering=ordering), ordering)
    # --8<-- [end:page]
