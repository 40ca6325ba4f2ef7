"""
"repr() tells types apart, and borders."

It does, and writes 500 characters where a part has 500, with blanks and umlauts. Valkey takes them. Memcached refuses
them, on the day that you change to it.

Caught by: a_key_fits_every_cache
"""


def key_of(name, parts, generations=()):
    # --8<-- [start:key]
    return f"{name}:{[*parts]!r}:{[*generations]!r}"
    # --8<-- [end:key]
