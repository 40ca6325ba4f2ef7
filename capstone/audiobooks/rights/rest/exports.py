"""A copy of one's data: asked for, and looked at."""

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import user_id_of
from audiobooks.accounts.limits import EXPORT, Limit
from audiobooks.rights import selectors, services
from audiobooks.rights.rest.shapes import EXAMPLE, ExportOut

BEGUN = EXAMPLE | {
    "state": "queued",
    "progress_percent": 0,
    "attempts": 0,
    "size_bytes": None,
    "download": None,
}
NO_STORE = {"Cache-Control": "no-store"}


class MyExport(APIView):
    """GET me/export/ → 200 · 401 · 404 export_unknown. POST → 202 · 401 · 404 account_gone · 429."""

    permission_classes = (IsAuthenticated,)

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Asking is limited, looking is not."""
        return (EXPORT,) if self.request.method == "POST" else ()

    @extend_schema(
        tags=["rights"],
        operation_id="export",
        summary="Where is the copy of your data?",
        responses={200: OpenApiResponse(ExportOut, description="The copy you asked for last.")},
        extensions={"x-problems": {"404": "`export-unknown`: you asked for none, or its week is over."}},
    )
    def get(self, request: Request) -> Response:
        """
        Return the copy that you asked for last: how far it is, and an address once it is done.

        The address opens for 15 minutes, while your account is active; the file stays for 7 days.
        """
        export = selectors.export_latest(user_id_of(request))
        return Response(ExportOut(export).data, headers=NO_STORE)

    @extend_schema(
        tags=["rights"],
        operation_id="export_begin",
        summary="Ask for a copy of your data",
        request=None,
        responses={202: OpenApiResponse(ExportOut, description="It is being made.")},
        examples=[OpenApiExample("Example", value=BEGUN, response_only=True, status_codes=["202"])],
        extensions={"x-problems": {"404": "`account-gone`: closed since the token was issued."}},
    )
    def post(self, request: Request) -> Response:
        """
        Have all that is yours put into one ZIP of JSON, in the background: jobs/{id}/ says how far it is.

        While one is being made you are answered with that one, so asking twice is asking once. A new one takes the place of
        the one before.
        """
        export = services.export_begin(user_id=user_id_of(request), now=timezone.now())
        headers = NO_STORE | {"Location": reverse("v1:job", args=[export.pk])}
        return Response(ExportOut(export).data, status=202, headers=headers)
