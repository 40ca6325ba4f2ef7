"""Stored audio in the admin: to look at. Files come through the services."""

from django.contrib import admin
from django.http import HttpRequest

from audiobooks.media.models import SourceFile


@admin.register(SourceFile)
class SourceFileAdmin(admin.ModelAdmin[SourceFile]):
    list_display = ("audiobook", "position", "codec", "duration_ms", "size_bytes", "state", "verified_at")
    list_filter = ("state", "codec")
    list_select_related = ("audiobook",)
    search_fields = ("audiobook__title", "sha256")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SourceFile | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SourceFile | None = None) -> bool:
        return False
