"""Django's registration of the app."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """`audiobooks.rights`."""

    name = "audiobooks.rights"
