"""
"A key is the name and the parts, joined by a colon. You can read it in valkey-cli, too."

The parts are what somebody typed, and may have a colon of their own: ("a", "bc") and ("a:bc") are one key then. And 1,
"1" and True are one text. It is read until somebody searches for "shelf:1".

Caught by: two_questions_have_two_keys
"""


def key_of(name, parts, generations=()):
    # --8<-- [start:key]
    return blake2b(":".join(map(str, [name, *parts, *generations])).encode(), digest_size=32).hexdigest()
    # --8<-- [end:key]
