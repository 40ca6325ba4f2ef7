"""Django's registration of the app."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """`audiobooks.reviews`."""

    name = "audiobooks.reviews"
