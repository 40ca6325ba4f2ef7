"""Django's registration of the app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """`audiobooks.accounts`."""

    name = "audiobooks.accounts"
