"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.library.rest import bookmarks, follows, hearing, mine

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
    path("me/library/", mine.Entries.as_view(), name="entries"),
    path("me/library/<str:id>/", mine.EntryOne.as_view(), name="entry"),
    path("me/shelves/", mine.Shelves.as_view(), name="shelves"),
    path("me/shelves/<str:id>/", mine.ShelfOne.as_view(), name="shelf"),
    path("me/shelves/<str:id>/items/", mine.Items.as_view(), name="shelf-items"),
    path("me/shelf-items/<str:id>/", mine.ItemOne.as_view(), name="shelf-item"),
    path("me/bookmarks/", bookmarks.Bookmarks.as_view(), name="bookmarks"),
    path("me/bookmarks/<str:id>/", bookmarks.BookmarkOne.as_view(), name="bookmark"),
]
