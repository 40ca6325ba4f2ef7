"""
"I hold the lock, so I delete it."

You held it for lock_s. If you took longer it has ended, and is another's now. You delete that one's, a third begins, and
deletes the next.

Caught by: another_s_lock_is_left_alone
"""


def release(store, key, token):
    # --8<-- [start:release]
    store.delete(f"{key}:lock")
    # --8<-- [end:release]
