"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.playback.rest import mine, sittings

sitting = [  # below playback/
    path("<str:id>/events/", sittings.PlaybackEvents.as_view(), name="playback-events"),
    path("<str:id>/", sittings.Playback.as_view(), name="playback"),
    path("<str:id>/close/", sittings.PlaybackClose.as_view(), name="playback-close"),
]
urlpatterns = [
    path("audiobooks/<str:id>/playback/", sittings.PlaybackBegin.as_view(), name="playback-begin"),
    path("me/positions/", mine.Positions.as_view(), name="positions"),
    path("me/positions/sync/", sittings.PositionsSync.as_view(), name="positions-sync"),
    path("me/conflicts/", mine.Conflicts.as_view(), name="conflicts"),
    path("me/conflicts/policy/", mine.ConflictPolicy.as_view(), name="conflict-policy"),
    path("me/conflicts/<str:id>/resolve/", mine.ConflictResolve.as_view(), name="conflict-resolve"),
    path("me/conflicts/<str:id>/undo/", mine.ConflictUndo.as_view(), name="conflict-undo"),
    path("me/changes/", mine.Changes.as_view(), name="changes"),
    path("me/stats/", mine.Stats.as_view(), name="stats"),
]
