"""Django needs the part as an app for one thing: GraphiQL's static files."""

from django.apps import AppConfig


class LabGraphqlConfig(AppConfig):
    """Add ``"lab_graphql"`` to INSTALLED_APPS where GraphiQL is served from ``static/lab_graphql/``."""

    name = "lab_graphql"
