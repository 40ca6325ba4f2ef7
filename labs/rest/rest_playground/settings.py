"""Settings of the playground: PostgreSQL from ``DATABASE_URL``, the part, Swagger UI, and nothing else."""

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

SECRET_KEY = "rest-playground: signs cursors over invented weather"  # noqa: S105 -- guards nothing
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "rest_playground.urls"
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lab_rest",
    "rest_playground",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "/static/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
MIDDLEWARE = ["lab_rest.problems.RequestIdMiddleware", "django.middleware.common.CommonMiddleware"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "rest_playground",
        "HOST": SERVER.get("host", ""),
        "PORT": SERVER.get("port", ""),
        "USER": SERVER.get("user", ""),
        "PASSWORD": SERVER.get("password", ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "server_side_binding": True,
            # One process reads each row: show.py counts them, and a parallel plan reports averages.
            "options": "-c max_parallel_workers_per_gather=0",
        },
        "TEST": {"NAME": f"test_{SERVER.get('dbname', '')}_rest"},  # two suites may share the server
    }
}

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "lab_rest.problems.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["lab_rest.parsers.BoundedJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,  # the OpenAPI document says what there is
    "URL_FORMAT_OVERRIDE": None,
}
CSRF_FAILURE_VIEW = "lab_rest.problems.csrf_failure"
LAB_REST_PROBLEM_BASE = "/errors/#"

SPECTACULAR_SETTINGS = {
    "TITLE": "Weather readings, in five steps",
    "VERSION": "1",
    "DESCRIPTION": "Steps 4 and 5 ask for a token: POST /step4/tokens/ as ada (rain-gauge-7) or bo (wind-vane-3).",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "lab_rest.problems.RequestIdFilter"}},
    "formatters": {"line": {"format": "{levelname} {request_id} {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "line"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
