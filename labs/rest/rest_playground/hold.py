"""A row that is held until everybody waits for it, so that two writers meet every time and not by chance."""

import time
from threading import Event, Thread
from typing import Self

from django.apps import apps
from django.db import connection, transaction

WAITING_HERE = """
SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN (
    SELECT pid FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""
LONGEST_S = 8  # shorter than the checks wait for an answer
LOOKS_EVERY_S = 0.01


class Hold(Thread):
    """
    Locks one row of a model, "reading" or "station", while it lasts.

    It ends once ``waiting`` connections to this database wait for a lock, or after 8 seconds.
    """

    def __init__(self, model: str, key: object, *, waiting: int) -> None:
        super().__init__(daemon=True)
        self.model, self.key, self.waiting = model, key, waiting
        self.waited, self.has_expired = 0, False
        self.has_begun, self.shall_end = Event(), Event()

    def run(self) -> None:
        rows = apps.get_model("rest_playground", self.model)._default_manager.filter(pk=self.key)
        try:
            with transaction.atomic():
                rows.select_for_update().first()
                self.has_begun.set()
                deadline = time.monotonic() + LONGEST_S
                while self.waited < self.waiting and not self.has_expired:
                    if self.shall_end.wait(LOOKS_EVERY_S):
                        break
                    self.waited = max(self.waited, waiting_here())
                    self.has_expired = time.monotonic() > deadline
        finally:
            self.has_begun.set()
            connection.close()

    def __enter__(self) -> Self:
        self.start()
        self.has_begun.wait()
        return self

    def __exit__(self, *exc: object) -> None:
        self.shall_end.set()
        self.join()


def waiting_here() -> int:
    """Count the connections to this database that wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING_HERE)
        return int(cursor.fetchone()[0])
