"""One worker at a time at one thing. The lock is PostgreSQL's: it ends with the connection, however that ends."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


@contextmanager
def alone(kind: str, id_: UUID) -> Iterator[bool]:
    """Say whether this is the only one at work on the thing of this kind with this id."""
    key = int.from_bytes(
        hashlib.sha256(f"nexus.{kind}:".encode() + id_.bytes).digest()[:8], "big", signed=True
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
