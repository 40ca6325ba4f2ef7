"""
Uploads: JSON in the API, the bytes in the media process.

A sender holds a thread for as long as sending takes. The API has one thread per worker, the media process many.
"""

from typing import Any, ClassVar
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.http import UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import user_id_of
from audiobooks.accounts.permissions import IsCurator
from audiobooks.catalog.rest.examples import shown_as
from audiobooks.catalog.rest.inputs import PlainTextField
from audiobooks.catalog.rest.operations import IDEMPOTENCY_KEY, ONLY_CURATORS, changes
from audiobooks.catalog.rest.views import identifier
from audiobooks.catalog.rest.writes import valid
from audiobooks.media import selectors, services
from audiobooks.media.models import Upload
from lab_rest.idempotency import idempotent
from lab_rest.pagination import KeysetPagination
from lab_rest.preconditions import etag_of
from lab_rest.problems import Problem
from lab_rest.serializers import StrictSerializer

EXAMPLE_IN = {
    "file_name": "emma.m4b",
    "size_bytes": 460_800_000,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
EXAMPLE = EXAMPLE_IN | {
    "id": "019b76da-a800-7e41-8c6f-1f0a6f3f7d80",
    "offset_bytes": 8_388_608,
    "created_at": "2026-01-02T09:00:00Z",
    "expires_at": "2026-01-03T09:04:00Z",
    "finished_at": None,
    "send_to": "https://media.nexus.example/media/uploads/019b76da-a800-7e41-8c6f-1f0a6f3f7d80/",
}


@shown_as(EXAMPLE_IN)
class NewUpload(StrictSerializer):
    """A file to come."""

    file_name = PlainTextField(max_length=255, help_text="Without folders; to show to people.")
    size_bytes = serializers.IntegerField(min_value=1, max_value=2**53)
    sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}\Z", trim_whitespace=False, help_text="Of the whole file, in hexadecimal."
    )

    def validate_file_name(self, name: str) -> str:
        """Refuse a path: where the file lies on the sender's machine is none of our business."""
        if "/" in name or "\\" in name:
            raise serializers.ValidationError("Send the name alone, without folders.", code="has_folders")
        return name


@shown_as(EXAMPLE)
class UploadOut(serializers.ModelSerializer[Upload]):
    """How far an upload has come."""

    send_to = serializers.SerializerMethodField(help_text="PATCH the bytes to this address.")

    class Meta:
        model = Upload
        fields = (
            "id",
            "file_name",
            "size_bytes",
            "sha256",
            "offset_bytes",
            "created_at",
            "expires_at",
            "finished_at",
            "send_to",
        )
        read_only_fields = fields

    def get_send_to(self, upload: Upload) -> str:
        """Return the media process's address for the bytes."""
        return urljoin(settings.MEDIA_BASE_URL, f"media/uploads/{upload.pk}/")


def state_of(upload: Upload) -> dict[str, str]:
    """Return the header fields that say how far an upload has come."""
    return {
        "Upload-Offset": str(upload.offset_bytes),
        "Upload-Length": str(upload.size_bytes),
        "Cache-Control": "no-store",
    }


@extend_schema_view(
    get=extend_schema(
        tags=["curating"],
        operation_id="uploads_list",
        summary="List your uploads",
        description="For curators. One page of your own uploads that have not ended. Follow `next` for more.",
        extensions={"x-problems": ONLY_CURATORS},
    )
)
@changes(
    "post",
    "uploads_create",
    "Begin an upload",
    request=NewUpload,
    response=UploadOut,
    header=IDEMPOTENCY_KEY,
    problems={
        "404": "`account-gone`.",
        "409": "`too-many-uploads`: finish or abort one; or the first request with this key is still running.",
    },
)
class Uploads(generics.ListAPIView[Upload]):
    """GET uploads/ → 200 a page of one's own · 401 · 403. POST → 201 · 400 · 401 · 403 · 409 · 422."""

    permission_classes = (IsCurator,)
    pagination_class = KeysetPagination
    serializer_class = UploadOut
    orderings: ClassVar[dict[str, tuple[str, str]]] = {"-created_at": ("-created_at", "-id")}
    default_ordering = "-created_at"

    def get_queryset(self) -> Any:
        """Return the caller's uploads."""
        if getattr(self, "swagger_fake_view", False):
            return Upload.objects.none()
        return selectors.uploads_of(user_id_of(self.request), now=timezone.now())

    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        """Announce a file; `send_to` of the answer takes its bytes."""
        given = valid(NewUpload, request).validated_data
        upload = services.upload_begin(curator_id=user_id_of(request), now=timezone.now(), **given)
        headers = {
            "Location": reverse("v1:upload", args=[upload.pk]),
            "ETag": etag_of(upload.pk, upload.offset_bytes),
        }
        return Response(UploadOut(upload).data, status=201, headers=headers | state_of(upload))


class UploadOne(APIView):
    """GET uploads/{id}/ → 200 · 401 · 403 · 404. DELETE → 204 · 401 · 403 · 404."""

    permission_classes = (IsCurator,)

    @extend_schema(
        tags=["curating"],
        operation_id="uploads_get",
        summary="See how far an upload has come",
        description="For curators, of their own. `Upload-Offset` says it too; HEAD answers the headers alone.",
        responses=UploadOut,
        extensions={"x-problems": ONLY_CURATORS},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 — the address's word
        """Return an upload as it stands."""
        upload = selectors.upload_of(user_id_of(request), identifier(id), now=timezone.now())
        return Response(UploadOut(upload).data, headers=state_of(upload))

    @extend_schema(
        tags=["curating"],
        operation_id="uploads_abort",
        summary="Abort an upload",
        description="For curators, of their own. The bytes are deleted; who is sending some is told.",
        responses={204: None},
        extensions={"x-problems": ONLY_CURATORS},
    )
    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        """Forget an upload and its bytes."""
        services.upload_abort(upload_id=identifier(id), curator_id=user_id_of(request), now=timezone.now())
        return Response(status=204)


class OffsetStream(BaseParser):
    """Says what is understood; nothing parses bytes, the view reads them as they come."""

    media_type = "application/offset+octet-stream"


class UploadBytes(APIView):
    """
    HEAD media/uploads/{id}/ → 200 how far it has come · 401 · 403 · 404.

    PATCH → 204 · 400 · 401 · 403 · 404 · 409 go on elsewhere, or begin again · 411 · 415 · 423 · 507.
    """

    permission_classes = (IsCurator,)
    parser_classes = (OffsetStream,)
    schema = None
    http_method_names = ["head", "patch"]

    def head(self, request: Request, upload_id: UUID) -> Response:
        """Say how far the upload has come."""
        return Response(
            headers=state_of(selectors.upload_of(user_id_of(request), upload_id, now=timezone.now()))
        )

    def patch(self, request: Request, upload_id: UUID) -> Response:
        """Append the body at Upload-Offset, as it comes in."""
        if request.content_type != OffsetStream.media_type:
            raise UnsupportedMediaType(request.content_type)
        offset, length = whole_number(request, "Upload-Offset"), whole_number(request, "Content-Length")
        try:
            upload = services.upload_append(
                upload_id=upload_id,
                curator_id=user_id_of(request),
                offset=offset,
                length=length,
                read=lambda size: read_from(request, size),
                clock=timezone.now,
            )
        except services.OffsetMismatch as error:
            raise Problem(
                status=409,
                type="upload-offset-mismatch",
                detail=error.detail,
                headers=state_of(error.upload),
            ) from error
        if upload.offset_bytes < offset + length:
            detail = f"The body ended early. Go on at byte {upload.offset_bytes}."
            raise Problem(status=400, type="body-cut-short", detail=detail, headers=state_of(upload))
        return Response(status=204, headers=state_of(upload))


def whole_number(request: Request, name: str) -> int:
    """Return a header field that counts bytes. Raises a 400 ``Problem``; a 411 for a body of unknown length."""
    text = request.headers.get(name, "")
    if name == "Content-Length" and not text:
        raise Problem(status=411, type="length-required", detail="Send Content-Length: no chunked coding.")
    if not (text.isascii() and text.isdigit() and len(text) < 17):
        raise Problem(
            status=400, type="invalid-upload-offset", detail=f"Send {name}: a whole number of bytes."
        )
    return int(text)


def read_from(request: Request, size: int) -> bytes:
    """Return what comes next of the body; nothing more where the sender is gone."""
    try:
        return bytes(request.read(size))
    except UnreadablePostError:
        return b""
