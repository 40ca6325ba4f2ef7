"""Grants, follows and announcements in the admin."""

from django.contrib import admin

from audiobooks.library.models import Announcement, Follow, Grant, LibraryEntry
from audiobooks.read_only import ReadOnlyAdmin


@admin.register(Grant)
class GrantAdmin(admin.ModelAdmin[Grant]):
    list_display = ("user", "audiobook", "created_at")
    list_select_related = ("user", "audiobook")
    autocomplete_fields = ("user", "audiobook")
    search_fields = ("user__username", "audiobook__title")


@admin.register(Follow)
class FollowAdmin(admin.ModelAdmin[Follow]):
    list_display = ("user", "person", "series", "created_at")
    list_select_related = ("user", "person", "series")
    autocomplete_fields = ("user", "person", "series")
    search_fields = ("user__username",)


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnlyAdmin):
    """To look at: a row that goes is a letter that comes again."""

    list_display = ("user", "audiobook", "sent_at")
    list_select_related = ("user", "audiobook")
    search_fields = ("user__username", "audiobook__title")


@admin.register(LibraryEntry)
class LibraryEntryAdmin(ReadOnlyAdmin):
    list_display = ("user", "audiobook", "state", "changed_at")
    list_filter = ("state",)
    list_select_related = ("user", "audiobook")
    search_fields = ("user__username", "audiobook__title")
