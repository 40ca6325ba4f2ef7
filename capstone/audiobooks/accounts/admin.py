"""Users in the admin, and its log-in."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from audiobooks.accounts import services
from audiobooks.accounts.limits import LOG_IN, LOG_IN_NAME, LimitsUnavailable, attempt
from audiobooks.accounts.models import Session, User
from audiobooks.accounts.throttles import by_caller, by_member

POWERS = ("is_superuser", "groups", "user_permissions")


class LimitedLogIn(AdminAuthenticationForm):
    """The admin's log-in, counted together with the API's."""

    limits = (LOG_IN, LOG_IN_NAME)

    def clean(self) -> dict[str, Any]:
        """Refuse, before any password is looked at, who tries too often."""
        request: HttpRequest = self.request  # type: ignore[assignment]  # the log-in page always gives one
        try:
            verdict = attempt(by_caller(self.limits, request) | by_member(self.limits, request.POST))
        except LimitsUnavailable as error:
            raise forms.ValidationError(error.detail, code=error.code) from error
        if not verdict.passes:
            raise forms.ValidationError("Too many tries: wait a little.", code="throttled")
        found = super().clean()
        user = self.get_user()
        if isinstance(user, User) and user.deletion_due_at:
            services.deletion_cancel(user_id=user.pk)  # as at the API: who signs in keeps the account
        return found


admin.site.login_form = LimitedLogIn


class SessionInline(admin.TabularInline[Session, User]):
    """To look at, and to end."""

    model = Session
    fields = readonly_fields = ("device", "address", "created_at", "last_used_at")
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class AccountAdmin(UserAdmin[User]):
    """Only superusers give powers over the admin itself, and only they touch an account that has them."""

    list_display = ("username", "email", "role", "is_active", "created_at")
    list_filter = ("role", "is_active")
    search_fields = ("username", "email")
    ordering = ("username",)
    readonly_fields = ("last_login", "created_at", "email_confirmed_at", "deletion_due_at")
    fieldsets = (
        (None, {"fields": ("username", "email", "password")}),
        ("What they may do", {"fields": ("role", "is_active", *POWERS)}),
        ("Dates", {"fields": ("last_login", "created_at", "email_confirmed_at", "deletion_due_at")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "role", "password1", "password2")}),)
    inlines = (SessionInline,)
    actions = ("delete_within_the_hour",)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Powers are the superusers' to give."""
        return self.readonly_fields if is_superuser(request) else (*self.readonly_fields, *POWERS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever sets a superuser's password or address is one."""
        return super().has_change_permission(request, obj) and may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nothing is deleted on the spot: what is theirs lies in more tables than the admin knows."""
        return False

    @admin.action(description="Switch off, and delete within the hour", permissions=["change"])
    def delete_within_the_hour(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Have accounts deleted as their owners could, without grace; superusers are left alone but by superusers."""
        mine_to_touch = [user.pk for user in users if may_touch(request, user)]
        services.deletions_schedule(user_ids=mine_to_touch, now=timezone.now())
        self.message_user(request, f"{len(mine_to_touch)} switched off; the schedule deletes them.")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save; a closed account's sessions end."""
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            services.sessions_end(user_id=obj.id)


def is_superuser(request: HttpRequest) -> bool:
    """Return whether the caller may do everything."""
    return isinstance(request.user, User) and request.user.is_superuser


def may_touch(request: HttpRequest, user: User | None) -> bool:
    """Return whether the caller may change this account."""
    return user is None or not user.is_superuser or is_superuser(request)
