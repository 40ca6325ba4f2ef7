"""Step 5: the contract. What the caller has is not sent again, what it has not seen is not lost, and once is once."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from lab_rest.conditional import not_modified, precondition_from
from lab_rest.idempotency import idempotent
from lab_rest.preconditions import etag_of
from lab_rest.serializers import StrictSerializer
from rest_playground import openapi, step4_jwt
from rest_playground.models import Reading
from rest_playground.serializers import ReadingSerializer

CHANGES = {"update", "partial_update", "destroy"}


class StrictReadingSerializer(StrictSerializer, ReadingSerializer):
    """A reading; a member that it does not know is refused, not ignored."""


def tag_of(shown: Mapping[str, Any]) -> str:
    """Return the tag of a reading as it is shown. (Steps 2 to 4 write the same rows, and count no versions.)"""
    return etag_of(shown["id"], tuple(shown.values()))


# --8<-- [start:contract]
@extend_schema_view(**openapi.contract(StrictReadingSerializer))
class Readings(step4_jwt.Readings):
    """As step 4, at /step5/readings/ · 304 · 409 and 422 for a key · 412 and 428 for a change of what was not seen."""

    serializer_class = StrictReadingSerializer

    @idempotent(required=True)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = tagged(super().create(request, *args, **kwargs))
        response["Location"] = reverse("step5-detail", args=[response.data["id"]])
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        response = tagged(super().retrieve(request, *args, **kwargs))
        return not_modified(request, response["ETag"]) or response

    @transaction.atomic
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return tagged(super().update(request, *args, **kwargs))

    @transaction.atomic
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Reading]:
        readings = super().get_queryset()
        return readings.select_for_update() if self.action in CHANGES else readings

    def get_object(self) -> Reading:
        """Return the reading: for a change it is locked first, and then compared with what the caller has seen."""
        if self.action not in CHANGES:
            return super().get_object()
        precondition = precondition_from(self.request)
        reading = super().get_object()
        shown = self.get_serializer(reading).data
        precondition.check(shown["id"], tuple(shown.values()))
        return reading


def tagged(response: Response) -> Response:
    """Return the answer with the ETag of the reading in it."""
    response["ETag"] = tag_of(response.data)
    return response


# --8<-- [end:contract]
