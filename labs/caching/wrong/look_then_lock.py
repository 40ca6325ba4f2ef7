"""
"Look whether there is a lock; if not, set one."

Between the look and the set another one looks. In a crowd several see no lock, and all of them set theirs.

Caught by: of_20_who_miss_one_computes
"""


def claim(store, key, seconds):
    # --8<-- [start:claim]
    if store.get_many([f"{key}:lock"])[0] is not None:
        return None
    token = secrets.token_hex(8).encode()
    store.set(f"{key}:lock", token, seconds)
    return token
    # --8<-- [end:claim]
