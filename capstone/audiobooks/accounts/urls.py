"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.accounts.rest import views

urlpatterns = [
    path("auth/register/", views.Register.as_view(), name="register"),
    path("auth/verify/", views.Verify.as_view(), name="verify-email"),
    path("auth/token/", views.LogIn.as_view(), name="log-in"),
    path("auth/token/refresh/", views.Refresh.as_view(), name="refresh"),
    path("auth/logout/", views.LogOut.as_view(), name="log-out"),
    path("auth/sessions/", views.SessionList.as_view(), name="sessions"),
    path("auth/sessions/<uuid:id>/", views.SessionEnd.as_view(), name="session"),
    path("auth/password/", views.PasswordChange.as_view(), name="password"),
    path("auth/password/reset/", views.PasswordReset.as_view(), name="password-reset"),
    path("auth/password/reset/confirm/", views.PasswordResetConfirm.as_view(), name="password-reset-confirm"),
    path("auth/email/", views.EmailChange.as_view(), name="email"),
    path("me/", views.Me.as_view(), name="me"),
]
