"""Settings of the playground: PostgreSQL from ``DATABASE_URL``, the part, and nothing else."""

import os

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

if not os.environ.get("DATABASE_URL"):
    raise ImproperlyConfigured(
        "DATABASE_URL is not set. Give the address of a PostgreSQL server, such as "
        "postgresql://postgres@127.0.0.1:5432/postgres; the playground makes a database of its own on it."
    )
SERVER_URL = os.environ["DATABASE_URL"]
SERVER = conninfo_to_dict(SERVER_URL)

SECRET_KEY = "graphql-playground: signs cursors over invented films"  # noqa: S105 -- guards nothing
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "graphql_playground.urls"
INSTALLED_APPS = ["django.contrib.staticfiles", "lab_graphql", "graphql_playground"]
STATIC_URL = "/static/"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "graphql_playground.counting.CountQueries"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "graphql_playground",
        "HOST": SERVER.get("host", ""),
        "PORT": SERVER.get("port", ""),
        "USER": SERVER.get("user", ""),
        "PASSWORD": SERVER.get("password", ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"server_side_binding": True},
        "TEST": {"NAME": f"test_{SERVER.get('dbname', '')}_graphql"},  # two suites may share the server
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
