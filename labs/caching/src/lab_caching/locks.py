"""A lock that lies in the cache: one holder among all processes, and none for ever."""

import secrets

from lab_caching.stores import Store


def claim(store: Store, key: str, seconds: float) -> bytes | None:
    """
    Return a token where nobody holds the lock of ``key``, and ``None`` where somebody does.

    Of many who ask at once one gets a token. The lock ends by itself after ``seconds``: whoever holds it may be killed.
    """
    # --8<-- [start:claim]
    token = secrets.token_hex(8).encode()
    return token if store.add(f"{key}:lock", token, seconds) else None
    # --8<-- [end:claim]


def release(store: Store, key: str, token: bytes) -> None:
    """Let the lock go, if it is still ours: it may have ended meanwhile, and be another's now."""
    # --8<-- [start:release]
    store.delete_if(f"{key}:lock", token)
    # --8<-- [end:release]
