"""
"We let the lock go in finally, so it needs no end."

finally runs when Python ends the function. kill -9, a full memory and a pulled plug end it otherwise, and then nobody
computes this answer for a week.

Caught by: a_lock_ends_by_itself
"""


def claim(store, key, seconds):
    # --8<-- [start:claim]
    token = secrets.token_hex(8).encode()
    return token if store.add(f"{key}:lock", token, 7 * 24 * 3600) else None
    # --8<-- [end:claim]
