"""Users in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from audiobooks.accounts.models import User


@admin.register(User)
class AccountAdmin(UserAdmin[User]):
    list_display = ("username", "email", "role", "is_active", "created_at")
    list_filter = ("role", "is_active")
    search_fields = ("username", "email")
    ordering = ("username",)
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("username", "email", "password")}),
        ("What they may do", {"fields": ("role", "is_active", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "role", "password1", "password2")}),)
