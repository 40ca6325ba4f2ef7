"""Playback in the admin: to look at. Where a listener is, is the listener's."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audiobooks.playback.models import (
    Device,
    ListeningDay,
    ListeningPosition,
    PlaybackSession,
    PositionConflict,
)
from audiobooks.read_only import ReadOnlyAdmin


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    list_display = ("name", "user", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "name")


@admin.register(PlaybackSession)
class PlaybackSessionAdmin(ReadOnlyAdmin):
    list_display = ("user", "audiobook", "device", "started_at", "closed_at")
    list_select_related = ("user", "audiobook", "device")
    search_fields = ("user__username", "audiobook__title")


@admin.register(ListeningPosition)
class ListeningPositionAdmin(ReadOnlyAdmin):
    list_display = ("user", "audiobook", "position_ms", "generation", "heard_at")
    list_select_related = ("user", "audiobook")
    search_fields = ("user__username", "audiobook__title")


class ClaimedTooMuch(admin.SimpleListFilter):
    """Anomalies: more was claimed than can have been heard."""

    title = "claimed too much"
    parameter_name = "excess"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Yes")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(excess_ms__gt=0) if self.value() else queryset


@admin.register(ListeningDay)
class ListeningDayAdmin(ReadOnlyAdmin):
    list_display = ("user", "day", "listened_ms", "excess_ms")
    list_filter = (ClaimedTooMuch,)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    exclude = ("heard",)


@admin.register(PositionConflict)
class PositionConflictAdmin(ReadOnlyAdmin):
    list_display = ("user", "audiobook", "found_at", "settled_at", "settled_by")
    list_select_related = ("user", "audiobook")
    search_fields = ("user__username", "audiobook__title")
