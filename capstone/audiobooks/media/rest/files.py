"""What the media process sends: audio by signature, covers by content."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.errors import NotFound
from audiobooks.media import addresses, packaging, selectors, storage
from audiobooks.media.models import Rendition, SourceFile
from audiobooks.media.sending import stored_file_answer


class OneForm(BaseContentNegotiation):
    """A file has one form, whatever a player says it accepts (RFC 9110, section 12.4.1, lets us send it)."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return what errors would be rendered with; files are not rendered."""
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class MediaView(APIView):
    """
    What all have in common: to read only, no log-in, readable from any site.

    No cookie opens anything here, so ``Access-Control-Allow-Origin: *`` gives away nothing.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()  # a page shows 100 covers, a listener asks for hundreds of ranges
    content_negotiation_class = OneForm
    http_method_names = ["get", "head"]

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Return what every answer says, errors too."""
        return super().default_response_headers | {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "Accept-Ranges, Content-Range, ETag, X-Request-ID",
        }


class Audio(MediaView):
    """GET media/audio/{id}.m4a → 200 · 206 · 304 · 403 (ask for a new address) · 404 · 416 · 503."""

    def get(self, request: Request, source_file_id: UUID) -> HttpResponseBase:
        """Send an audio file, or a range of it, to whom the address was signed for."""
        path, query = addresses.audio_path(source_file_id), request.META["QUERY_STRING"]
        bearer = addresses.verify(path, query, now=timezone.now())
        file = selectors.source_file_to_hear(source_file_id, bearer.user_id)
        return audio_answer(request, file, bearer, disposition="inline")


class RenditionFile(MediaView):
    """GET media/renditions/{id}.m4b → 200 · 206 · 304 · 403 (ask for a new address) · 404 · 416 · 503."""

    def get(self, request: Request, rendition_id: UUID) -> HttpResponseBase:
        """Send a whole book, or a range of it, to whom the address was signed for."""
        path, query = addresses.rendition_path(rendition_id), request.META["QUERY_STRING"]
        bearer = addresses.verify(path, query, now=timezone.now())
        file = selectors.rendition_to_hear(rendition_id, Rendition.Kind.M4B, bearer.user_id)
        name = content_disposition_header(as_attachment=True, filename=f"{file.audiobook.title}.m4b")
        return audio_answer(request, file, bearer, disposition=name or "attachment")


class Stream(MediaView):
    """GET hls/{id}/{user}/{expires}/{signature}/{name} → 200 · 206 · 304 · 403 (ask for a new address) · 404 · 416 · 503."""

    http_method_names = ["get", "head", "options"]

    def options(self, request: HttpRequest, *_args: object, **_kwargs: object) -> Response:
        """Let a page of another site ask for ranges: a browser asks before it does (Fetch standard, section 4.8)."""
        allowed = {
            "Access-Control-Allow-Methods": "GET, HEAD",
            "Access-Control-Allow-Headers": "Range, If-Range",
            "Access-Control-Max-Age": "86400",
        }
        return Response(status=204, headers=allowed)

    def get(self, request: Request, rendition_id: UUID, name: str, **signed: str) -> HttpResponseBase:
        """Send a playlist, segments or a range of them, to whom the prefix of the address was signed for."""
        bearer = addresses.verify_parts(addresses.stream_path(rendition_id), signed, now=timezone.now())
        stream = selectors.rendition_to_hear(rendition_id, Rendition.Kind.HLS, bearer.user_id)
        if name not in packaging.MEDIA_TYPES:
            raise NotFound(
                "audio_unknown", f"A stream begins with {packaging.INDEX}, which names the others."
            )
        headers = {
            "Content-Type": packaging.MEDIA_TYPES[name],
            "ETag": f'"{stream.sha256}/{name}"',
            "Cache-Control": f"private, max-age={bearer.seconds_left}",
        }
        return stored_file_answer(request, storage.stream_name(stream.sha256, name), headers=headers)


def audio_answer(
    request: Request, file: SourceFile | Rendition, bearer: addresses.Bearer, *, disposition: str
) -> HttpResponseBase:
    """Answer with a stored file, for as long as its address opens."""
    headers = {
        "Content-Type": file.media_type,
        "Content-Disposition": disposition,
        "ETag": f'"{file.sha256}"',
        "Cache-Control": f"private, max-age={bearer.seconds_left}",
    }
    return stored_file_answer(
        request, storage.audio_name(file.sha256), headers=headers, size_bytes=file.size_bytes
    )


class Cover(MediaView):
    """GET media/covers/{sha256}/{width}.webp → 200 · 206 · 304 · 404 · 416 · 503."""

    def get(self, request: Request, sha256: str, width_px: str) -> HttpResponseBase:
        """Send a cover. Its address says what is in it, so it may be kept for ever."""
        if not selectors.cover_exists(sha256):
            raise NotFound("cover_unknown", "No recording has this cover.")
        headers = {
            "Content-Type": "image/webp",
            "ETag": f'"{sha256}-{width_px}"',
            "Cache-Control": "public, max-age=31536000, immutable",
        }
        return stored_file_answer(request, storage.cover_name(sha256, int(width_px)), headers=headers)
