"""Django's registration of the app."""

from django.apps import AppConfig


class PlaybackConfig(AppConfig):
    """`audiobooks.playback`."""

    name = "audiobooks.playback"
