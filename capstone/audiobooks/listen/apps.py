"""Django's registration of the app."""

from django.apps import AppConfig


class ListenConfig(AppConfig):
    """`audiobooks.listen`."""

    name = "audiobooks.listen"
