"""Copies of data in the admin: that there are some, not what is in them."""

from django.contrib import admin

from audiobooks.read_only import ReadOnlyAdmin
from audiobooks.rights.models import Export


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "state", "progress_percent", "attempts", "size_bytes", "expires_at")
    list_filter = ("state",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
