"""Kinds of job: one that costs nothing, some that wait for somebody else, one that computes."""

import hashlib

from django.db import connection

WAITS_S = 0.04
SHORT_S, LONG_S = 0.01, 1.0
ROUNDS = 30_000  # of SHA-256 in Python: about as long as the waiting, on a usual machine


def do(kind: str) -> None:
    """Do a job of this kind. Raises ``KeyError`` for another."""
    KINDS[kind]()


def wait(seconds: float) -> None:
    """Wait for the database's answer, as a job waits for a mail server or for another API."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def compute() -> None:
    """Keep Python busy: its interpreter is one thread's at a time."""
    found = b""
    for _ in range(ROUNDS):
        found = hashlib.sha256(found).digest()


KINDS = {
    "nothing": lambda: None,
    "waits": lambda: wait(WAITS_S),
    "computes": compute,
    "short": lambda: wait(SHORT_S),
    "long": lambda: wait(LONG_S),
}
