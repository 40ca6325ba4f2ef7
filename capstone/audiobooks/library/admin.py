"""Grants in the admin."""

from django.contrib import admin

from audiobooks.library.models import Grant


@admin.register(Grant)
class GrantAdmin(admin.ModelAdmin[Grant]):
    list_display = ("user", "audiobook", "created_at")
    list_select_related = ("user", "audiobook")
    autocomplete_fields = ("user", "audiobook")
    search_fields = ("user__username", "audiobook__title")
