"""How far any job of the caller's has come: files on their way to a draft, or a copy of one's data."""

from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import user_id_of
from audiobooks.catalog.rest.views import identifier
from audiobooks.errors import NotFound
from audiobooks.media.rest.jobs import EXAMPLE as JOB
from audiobooks.media.rest.jobs import JobOut
from audiobooks.media.selectors import job_of
from audiobooks.rights.rest.shapes import EXAMPLE as EXPORT
from audiobooks.rights.rest.shapes import ExportOut
from audiobooks.rights.selectors import export_found

EITHER = PolymorphicProxySerializer(
    component_name="AnyJob", serializers=[JobOut, ExportOut], resource_type_field_name=None
)


class JobOne(APIView):
    """GET jobs/{id}/ → 200 · 401 · 404."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        tags=["rights"],
        operation_id="jobs_get",
        summary="See how far a job has come",
        responses=EITHER,
        examples=[
            OpenApiExample("Files", value=JOB, response_only=True),
            OpenApiExample("Copy of your data", value=EXPORT, response_only=True),
        ],
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 — the address's word
        """Return one of your own jobs as it stands: of a curator's uploads, or a copy of your data."""
        user_id, job_id = user_id_of(request), identifier(id)
        try:
            shown = JobOut(job_of(user_id, job_id)).data
        except NotFound:
            export = export_found(user_id, job_id)
            if export is None:
                raise
            shown = ExportOut(export).data
        return Response(shown, headers={"Cache-Control": "no-store"})
