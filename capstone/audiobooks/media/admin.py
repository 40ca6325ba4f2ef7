"""Stored audio and jobs in the admin: to look at. Files come through the services."""

from django.contrib import admin

from audiobooks.media.models import Job, SourceFile
from audiobooks.read_only import ReadOnlyAdmin


@admin.register(SourceFile)
class SourceFileAdmin(ReadOnlyAdmin):
    list_display = ("audiobook", "position", "codec", "duration_ms", "size_bytes", "state", "verified_at")
    list_filter = ("state", "codec")
    list_select_related = ("audiobook",)
    search_fields = ("audiobook__title", "sha256")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("id", "curator", "state", "stage", "progress_percent", "attempts", "reason", "changed_at")
    list_filter = ("state",)
    list_select_related = ("curator",)
    search_fields = ("curator__username", "audiobook__title")
