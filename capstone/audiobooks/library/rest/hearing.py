"""Hearing a book."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audiobooks.accounts.authentication import principal_of, user_id_of
from audiobooks.catalog.rest.views import identifier
from audiobooks.library import selectors

EXAMPLE = {
    "url": "https://media.nexus.example/media/audio/019b76da-a800-7e41-8c6f-1f0a6f3f7d60.m4a?expires=…&signature=…",
    "expires_at": "2026-01-03T10:45:00Z",
    "media_type": "audio/mp4",
    "size_bytes": 10_240_000,
    "start_ms": 0,
    "end_ms": 1_260_000,
}


DOWNLOAD = {
    "url": "https://media.nexus.example/media/renditions/019b76da-a800-7e41-8c6f-1f0a6f3f7da0.m4b?expires=…&signature=…",
    "expires_at": "2026-01-03T10:45:00Z",
    "media_type": "audio/mp4",
    "size_bytes": 460_800_000,
}


SIGNED = "https://media.nexus.example/hls/019b76da-a800-7e41-8c6f-1f0a6f3f7da1/019b76da-…/1767436200/3vN…"
STREAM = {
    "url": f"{SIGNED}/index.m3u8",
    "expires_at": "2026-01-03T10:45:00Z",
    "media_type": "application/vnd.apple.mpegurl",
    "duration_ms": 57_600_000,
    "variants": [
        {
            "url": f"{SIGNED}/aac-64.m3u8",
            "codecs": "mp4a.40.2",
            "bit_rate_bps": 64_000,
            "is_adaptive": True,
        },
        {
            "url": f"{SIGNED}/aac-128.m3u8",
            "codecs": "mp4a.40.2",
            "bit_rate_bps": 128_000,
            "is_adaptive": True,
        },
        {"url": f"{SIGNED}/opus-32.m3u8", "codecs": "opus", "bit_rate_bps": 32_000, "is_adaptive": False},
    ],
}


class VariantOut(serializers.Serializer[selectors.Variant]):
    """One of the ways to hear a stream."""

    url = serializers.URLField(help_text="Its media playlist.")
    codecs = serializers.CharField(help_text="As RFC 6381 writes it, to ask `MediaSource.isTypeSupported`.")
    bit_rate_bps = serializers.IntegerField(help_text="About so many bits a second.")
    is_adaptive = serializers.BooleanField(
        help_text="Whether the multivariant playlist names it; where not, play its own `url`."
    )


class StreamOut(serializers.Serializer[selectors.AudiobookStream]):
    """Where a whole recording is streamed from, and until when."""

    url = serializers.URLField(
        help_text="A multivariant playlist. What it names lies beside it, and opens as it does: for this caller's "
        "account, until `expires_at`."
    )
    expires_at = serializers.DateTimeField(
        help_text="Ask again before this instant, and go on under the new prefix."
    )
    media_type = serializers.CharField()
    duration_ms = serializers.IntegerField()
    variants = VariantOut(many=True)


class DownloadOut(serializers.Serializer[selectors.Download]):
    """Where a whole recording is, and until when."""

    url = serializers.URLField(
        help_text="Opens for this caller's account only; answers HEAD, GET and single ranges."
    )
    expires_at = serializers.DateTimeField(help_text="After this instant ask again.")
    media_type = serializers.CharField()
    size_bytes = serializers.IntegerField()


class ChapterAudioOut(serializers.Serializer[selectors.ChapterAudio]):
    """Where a chapter's sound is, and until when."""

    url = serializers.URLField(
        help_text="Opens for this caller's account only; answers HEAD, GET and single ranges."
    )
    expires_at = serializers.DateTimeField(help_text="After this instant ask again.")
    media_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    start_ms = serializers.IntegerField(help_text="Where the chapter begins in the file.")
    end_ms = serializers.IntegerField(help_text="Where it ends.")


class ChapterAudio(APIView):
    """GET audiobooks/{id}/chapters/{position}/audio/ → 200 signed address · 401 · 403 grant_required · 404."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        responses=ChapterAudioOut,
        tags=["listening"],
        operation_id="chapter_audio",
        summary="Hear a chapter",
        examples=[OpenApiExample("Answer", value=EXAMPLE)],
        extensions={"x-problems": {"403": "`grant-required`: you may see it, but not hear it."}},
    )
    def get(self, request: Request, id: str, position: int) -> Response:  # noqa: A002 — the address's word
        """Return a short-lived signed address of the file that holds a chapter."""
        audio = selectors.chapter_audio(principal_of(request), identifier(id), position, now=timezone.now())
        return Response(ChapterAudioOut(audio).data, headers={"Cache-Control": "private, no-store"})


class AudiobookDownload(APIView):
    """GET audiobooks/{id}/download/ → 200 signed address · 401 · 403 grant_required · 404."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        responses=DownloadOut,
        tags=["listening"],
        operation_id="audiobook_download",
        summary="Download a recording",
        examples=[OpenApiExample("Answer", value=DOWNLOAD)],
        extensions={
            "x-problems": {
                "403": "`grant-required`: you may see it, but not hear it.",
                "404": "It does not exist, you may not see it, or it has no M4B.",
            }
        },
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """Return a short-lived signed address of the whole recording as an M4B with chapters."""
        download = selectors.audiobook_download(
            principal_of(request), user_id_of(request), identifier(id), now=timezone.now()
        )
        return Response(DownloadOut(download).data, headers={"Cache-Control": "private, no-store"})


class AudiobookStream(APIView):
    """GET audiobooks/{id}/stream/ → 200 signed addresses · 401 · 403 grant_required · 404."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        responses=StreamOut,
        tags=["listening"],
        operation_id="audiobook_stream",
        summary="Stream a recording",
        examples=[OpenApiExample("Answer", value=STREAM)],
        extensions={
            "x-problems": {
                "403": "`grant-required`: you may see it, but not hear it.",
                "404": "It does not exist, you may not see it, or it is not made ready yet.",
            }
        },
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """
        Return short-lived signed addresses of the whole recording in HLS, all at one loudness.

        All of them begin with one prefix, whose signature opens what lies under it.
        """
        stream = selectors.audiobook_stream(
            principal_of(request), user_id_of(request), identifier(id), now=timezone.now()
        )
        return Response(StreamOut(stream).data, headers={"Cache-Control": "private, no-store"})
