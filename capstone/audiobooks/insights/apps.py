"""Django's registration of the app."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """`audiobooks.insights`."""

    name = "audiobooks.insights"
