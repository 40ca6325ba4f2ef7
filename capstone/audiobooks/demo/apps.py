"""Django's registration of the app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """`audiobooks.demo`."""

    name = "audiobooks.demo"
