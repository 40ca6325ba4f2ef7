"""Addresses under /api/v1/."""

from django.urls import path

from audiobooks.accounts import rest

urlpatterns = [
    path("auth/token/", rest.TokenCreate.as_view(), name="log-in"),
    path("me/", rest.Me.as_view(), name="me"),
]
