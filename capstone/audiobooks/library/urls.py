"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.library import rest

urlpatterns = [
    path("audiobooks/<str:id>/download/", rest.AudiobookDownload.as_view(), name="download"),
    path("audiobooks/<str:id>/stream/", rest.AudiobookStream.as_view(), name="stream"),
    path(
        "audiobooks/<str:id>/chapters/<int:position>/audio/",
        rest.ChapterAudio.as_view(),
        name="chapter-audio",
    ),
]
