"""Grants in the admin."""

from django.contrib import admin
from django.http import HttpRequest

from audiobooks.library.models import Grant, LibraryEntry


@admin.register(Grant)
class GrantAdmin(admin.ModelAdmin[Grant]):
    list_display = ("user", "audiobook", "created_at")
    list_select_related = ("user", "audiobook")
    autocomplete_fields = ("user", "audiobook")
    search_fields = ("user__username", "audiobook__title")


@admin.register(LibraryEntry)
class LibraryEntryAdmin(admin.ModelAdmin[LibraryEntry]):
    list_display = ("user", "audiobook", "state", "changed_at")
    list_filter = ("state",)
    list_select_related = ("user", "audiobook")
    search_fields = ("user__username", "audiobook__title")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: LibraryEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LibraryEntry | None = None) -> bool:
        return False
