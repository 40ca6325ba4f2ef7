"""
Props: what the lab's checks need on the stage, and no contract has.

Pages before they have links or filters, a cursor without a list, bodies that are judged and not stored, a POST that
fails half-way, and a row that is held until two writers have met.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lab_rest.cursors import Place, read_cursor, write_cursor
from lab_rest.idempotency import idempotent
from lab_rest.pagination import KeysetPagination
from rest_playground import step3_keyset, step4_jwt, step5_contract
from rest_playground.hold import Hold
from rest_playground.models import Reading
from rest_playground.serializers import ReadingSerializer

# One value of each kind that a cursor carries.
VALUES = (
    *("wind", 7, 0.5, True, None, UUID(int=7), Decimal("-0.50")),
    *(date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5, 6, UTC)),
)


class LinkedPages(ListAPIView[Reading]):
    """GET /stage/linked/ → pages with their links, before there are filters."""

    schema = None
    queryset = step3_keyset.Readings.queryset
    serializer_class = ReadingSerializer
    pagination_class = KeysetPagination
    orderings = step3_keyset.Readings.orderings
    default_ordering = step3_keyset.Readings.default_ordering


class Unlinked(KeysetPagination):
    """Names the neighbouring pages in the body alone."""

    headers: Mapping[str, str] = {}


class Pages(LinkedPages):
    """GET /stage/pages/ → the same, before there is a Link header."""

    pagination_class = Unlinked


class Cursor(APIView):
    """GET /stage/cursor/ → a place, and its cursor · with ?cursor=… → the place that is read from it."""

    schema = None

    def get(self, request: Request) -> Response:
        text = request.query_params.get("cursor")
        if text is None:
            place = Place(VALUES, inclusive=True)
            text = write_cursor(place, ordering="newest", scope="stage")
            return Response({"cursor": text, "place": shown(place)})
        place = read_cursor(text, ordering="newest", scope="stage", max_age=None)
        return Response({"place": shown(place)})


def shown(place: Place) -> dict[str, object]:
    """Write a place, its values with their types."""
    values = [repr(value) for value in place.values]
    return {"values": values, "forward": place.forward, "inclusive": place.inclusive}


class Batch(serializers.Serializer[Any]):
    """Several readings at once."""

    readings = ReadingSerializer(many=True)


class Judged(GenericAPIView[Reading]):
    """POST /stage/batch/, /stage/strict/ → 204 where the body is right; nothing is stored · 400."""

    schema = None
    queryset = step3_keyset.Readings.queryset

    def post(self, request: Request) -> Response:
        self.get_serializer(data=request.data).is_valid(raise_exception=True)
        return Response(status=204)


class HalfWay(step5_contract.Readings):
    """POST /stage/half-way/ → 503, after the reading was stored: what had to follow it failed."""

    schema = None

    @idempotent(required=True)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        stored = step4_jwt.Readings.create(self, request, *args, **kwargs)
        return Response({"id": stored.data["id"], "detail": "The station could not be told."}, status=503)


class HoldSerializer(serializers.Serializer[Any]):
    """Which row, and how many are to wait for it."""

    reading = serializers.IntegerField(required=False)
    station = serializers.CharField(required=False)
    waiting = serializers.IntegerField(min_value=1, max_value=100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 2:
            raise serializers.ValidationError("Name one reading, or one station.")
        return attrs


class HoldDoor(APIView):
    """
    POST /stage/hold/ {"reading": 7, "waiting": 2} → 201 once it is locked · DELETE → 200 how that ended.

    A new hold ends the one before. ``{"station": "S01"}`` holds up whoever stores a reading of that station.
    """

    schema = None
    latest: ClassVar[Hold | None] = None

    def post(self, request: Request) -> Response:
        asked = HoldSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        self.end()
        waiting = asked.validated_data.pop("waiting")
        ((model, key),) = asked.validated_data.items()
        HoldDoor.latest = Hold(model, key, waiting=waiting).__enter__()
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
