"""Django needs the part as an app for its five tables and three commands."""

from django.apps import AppConfig


class LabCeleryConfig(AppConfig):
    """Add ``"lab_celery"`` to INSTALLED_APPS; ``LAB_CELERY_APP = "…"`` names the application that the relay sends by."""

    name = "lab_celery"
    default_auto_field = "django.db.models.BigAutoField"
