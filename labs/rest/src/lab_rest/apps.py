"""Django needs the part as an app for one table: the idempotency records."""

from django.apps import AppConfig


class LabRestConfig(AppConfig):
    """Add ``"lab_rest"`` to INSTALLED_APPS where ``lab_rest.idempotency`` is used."""

    name = "lab_rest"
    default_auto_field = "django.db.models.BigAutoField"
