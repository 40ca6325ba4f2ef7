"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.library.rest import follows, hearing

urlpatterns = [
    path("audiobooks/<str:id>/download/", hearing.AudiobookDownload.as_view(), name="download"),
    path("audiobooks/<str:id>/stream/", hearing.AudiobookStream.as_view(), name="stream"),
    path(
        "audiobooks/<str:id>/chapters/<int:position>/audio/",
        hearing.ChapterAudio.as_view(),
        name="chapter-audio",
    ),
    path("me/follows/", follows.Follows.as_view(), name="follows"),
    path("me/follows/<str:id>/", follows.FollowOne.as_view(), name="follow"),
    path("follows/stop/<str:token>/", follows.FollowsStop.as_view(), name="follows-stop"),
]
