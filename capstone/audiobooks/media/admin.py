"""Stored audio and jobs in the admin: to look at. Files come through the services."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from audiobooks.media.models import Job, SourceFile


class OnlyToLookAt:
    """No button changes what services keep."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(SourceFile)
class SourceFileAdmin(OnlyToLookAt, admin.ModelAdmin[SourceFile]):
    list_display = ("audiobook", "position", "codec", "duration_ms", "size_bytes", "state", "verified_at")
    list_filter = ("state", "codec")
    list_select_related = ("audiobook",)
    search_fields = ("audiobook__title", "sha256")
    show_full_result_count = False


@admin.register(Job)
class JobAdmin(OnlyToLookAt, admin.ModelAdmin[Job]):
    list_display = ("id", "curator", "state", "stage", "progress_percent", "attempts", "reason", "changed_at")
    list_filter = ("state",)
    list_select_related = ("curator",)
    search_fields = ("curator__username", "audiobook__title")
    show_full_result_count = False
