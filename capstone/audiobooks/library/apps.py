"""Django's registration of the app."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """`audiobooks.library`."""

    name = "audiobooks.library"
