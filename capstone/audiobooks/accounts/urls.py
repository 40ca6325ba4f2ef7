"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.accounts.rest import accounts, browser, deletion, sessions

urlpatterns = [
    path("auth/register/", accounts.Register.as_view(), name="register"),
    path("auth/verify/", accounts.Verify.as_view(), name="verify-email"),
    path("auth/token/", sessions.LogIn.as_view(), name="log-in"),
    path("auth/token/refresh/", sessions.Refresh.as_view(), name="refresh"),
    path("auth/logout/", sessions.LogOut.as_view(), name="log-out"),
    path("auth/browser/token/", browser.BrowserLogIn.as_view(), name="browser-log-in"),
    path("auth/browser/token/refresh/", browser.BrowserRefresh.as_view(), name="browser-refresh"),
    path("auth/browser/logout/", browser.BrowserLogOut.as_view(), name="browser-log-out"),
    path("auth/sessions/", sessions.SessionList.as_view(), name="sessions"),
    path("auth/sessions/<uuid:id>/", sessions.SessionEnd.as_view(), name="session"),
    path("auth/password/", accounts.PasswordChange.as_view(), name="password"),
    path("auth/password/reset/", accounts.PasswordReset.as_view(), name="password-reset"),
    path(
        "auth/password/reset/confirm/", accounts.PasswordResetConfirm.as_view(), name="password-reset-confirm"
    ),
    path("auth/email/", accounts.EmailChange.as_view(), name="email"),
    path("auth/deletion/cancel/", deletion.DeletionCancel.as_view(), name="deletion-cancel"),
    path("me/deletion/", deletion.Deletion.as_view(), name="deletion"),
    path("me/", accounts.Me.as_view(), name="me"),
]
