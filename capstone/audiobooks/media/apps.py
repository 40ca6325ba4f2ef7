"""Django's registration of the app."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    """`audiobooks.media`."""

    name = "audiobooks.media"
