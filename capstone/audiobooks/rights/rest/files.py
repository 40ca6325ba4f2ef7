"""What the media process sends of copies."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from audiobooks.media import addresses
from audiobooks.media.rest.files import MediaView
from audiobooks.media.sending import stored_file_answer
from audiobooks.rights import selectors
from audiobooks.rights.services.exports import export_name, export_path


class ExportFile(MediaView):
    """GET media/exports/{id}.zip → 200 · 206 · 304 · 403 (ask for a new address) · 404 · 416 · 503."""

    permission_classes = (AllowAny,)  # the signature is the permission

    def get(self, request: Request, export_id: UUID) -> HttpResponseBase:
        """Send a copy of somebody's data, or a range of it, to whom the address was signed for."""
        now = timezone.now()
        bearer = addresses.verify(export_path(export_id), request.META["QUERY_STRING"], now=now)
        export = selectors.export_to_download(export_id, bearer.user_id, now=now)
        name = content_disposition_header(
            as_attachment=True, filename=f"my-data-{export.created_at:%Y-%m-%d}.zip"
        )
        headers = {
            "Content-Type": "application/zip",
            "Content-Disposition": name or "attachment",
            "ETag": f'"{export.pk}"',
            "Cache-Control": "private, no-store",
        }
        return stored_file_answer(
            request, export_name(export.pk), headers=headers, size_bytes=export.size_bytes
        )
