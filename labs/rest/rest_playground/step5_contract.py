"""Step 5: the contract. What the caller has is not sent again, what it has not seen is not lost, and once is once."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

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


# --8<-- [start:contract]
@extend_schema_view(**openapi.contract(StrictReadingSerializer))
class Readings(step4_jwt.Readings):
    """As step 4, at /step5/readings/ · 304 · 409 and 422 for a key · 412 and 428 for a change of what was not seen."""

    serializer_class = StrictReadingSerializer

    @idempotent(required=True)
    def create(  # type: ignore[override]  # a replay is a plain answer
        self, request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        response = tagged(super().create(request, *args, **kwargs))
        response["Location"] = reverse("step5-detail", args=[response.data["id"]])
        return response

    def retrieve(  # type: ignore[override]  # a 304 is a plain answer
        self, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = tagged(super().retrieve(request, *args, **kwargs))
        return not_modified(request, response["ETag"]) or response

    @transaction.atomic
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return tagged(super().update(request, *args, **kwargs))

    @transaction.atomic
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)

    def perform_create(self, serializer: BaseSerializer[Reading]) -> None:
        """Save, and answer what PostgreSQL has stored: it writes -0.0 as 0.0, and the tag must be that of the next GET."""
        serializer.save().refresh_from_db()

    perform_update = perform_create

    def get_object(self) -> Reading:
        """Return the reading: for a change it is locked first, and then compared with what the caller has seen."""
        if self.action not in CHANGES:
            return super().get_object()
        readings = self.filter_queryset(self.get_queryset()).filter(pk=self.kwargs["pk"])
        reading = precondition_from(self.request).locked(readings, parts=self.shown)
        if reading is None:
            raise Http404
        return reading

    def shown(self, reading: Reading) -> Iterable[object]:
        """Return every value that the answer shows: steps 2 to 4 write these rows and count no versions."""
        return self.get_serializer(reading).data.values()


def tagged(response: Response) -> Response:
    """Return the answer with its ETag, made of every value shown."""
    response["ETag"] = etag_of(*response.data.values())
    return response


# --8<-- [end:contract]
