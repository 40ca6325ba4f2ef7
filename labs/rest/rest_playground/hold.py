"""A row that is held until everybody waits for it, so that two writers meet every time and not by chance."""

import time
from threading import Event, Thread
from typing import Any, ClassVar, Self

from django.db import connection, transaction
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest_playground.models import Reading, Station

WAITING_HERE = """
SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN (
    SELECT pid FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""
LONGEST_S = 8  # shorter than the checks wait for an answer
LOOKS_EVERY_S = 0.01


class Hold(Thread):
    """While it lasts, the row is locked. It ends once ``waiting`` connections to this database wait for a lock, or after 8 s."""

    def __init__(self, row: Reading | Station, *, waiting: int) -> None:
        super().__init__(daemon=True)
        self.row, self.waiting = row, waiting
        self.waited, self.has_expired = 0, False
        self.has_begun, self.shall_end = Event(), Event()

    def run(self) -> None:
        try:
            with transaction.atomic():
                type(self.row)._default_manager.select_for_update().filter(pk=self.row.pk).first()
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


class HoldSerializer(serializers.Serializer[Any]):
    """Which row, and how many are to wait for it."""

    reading = serializers.PrimaryKeyRelatedField(queryset=Reading.objects.all(), default=None)
    station = serializers.PrimaryKeyRelatedField(queryset=Station.objects.all(), default=None)
    waiting = serializers.IntegerField(min_value=1, max_value=100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (attrs["reading"] or attrs["station"]):
            raise serializers.ValidationError("Name a reading or a station.")
        return attrs


class HoldDoor(APIView):
    """
    POST /stage/hold/ {"reading": 7, "waiting": 2} → 201 once it is locked · DELETE → 200 how it ended.

    A new hold ends the one before. ``{"station": "S01"}`` holds up whoever stores a reading of that station.
    """

    schema = None
    latest: ClassVar[Hold | None] = None

    def post(self, request: Request) -> Response:
        asked = HoldSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        self.end()
        given = asked.validated_data
        HoldDoor.latest = Hold(given["reading"] or given["station"], waiting=given["waiting"]).__enter__()
        return Response(status=201)

    def delete(self, request: Request) -> Response:
        hold = self.end()
        if hold is None:
            raise NotFound("Nothing is held.")
        return Response({"waited": hold.waited, "has_expired": hold.has_expired})

    def end(self) -> Hold | None:
        """End the latest hold and return it."""
        hold, HoldDoor.latest = HoldDoor.latest, None
        if hold is not None:
            hold.__exit__()
        return hold
