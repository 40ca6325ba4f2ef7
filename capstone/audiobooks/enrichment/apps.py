"""Django's registration of the app."""

from django.apps import AppConfig


class EnrichmentConfig(AppConfig):
    """`audiobooks.enrichment`."""

    name = "audiobooks.enrichment"
