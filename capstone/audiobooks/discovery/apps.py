"""Django's registration of the app."""

from django.apps import AppConfig


class DiscoveryConfig(AppConfig):
    """`audiobooks.discovery`."""

    name = "audiobooks.discovery"
