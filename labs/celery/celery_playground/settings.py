"""Settings of the playground: PostgreSQL from ``DATABASE_URL``, the broker from ``CELERY_BROKER_URL``, and the part."""

import os

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

os.environ.setdefault("CELERY_BROKER_URL", os.environ.get("REDIS_URL", ""))
for name, example in (
    ("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres"),
    ("CELERY_BROKER_URL", "redis://127.0.0.1:6379/1 or amqp://guest:guest@127.0.0.1:5672//"),
):
    if not os.environ.get(name):
        raise ImproperlyConfigured(f"{name} is not set. Give an address such as {example}")
SERVER_URL = os.environ["DATABASE_URL"]
SERVER = conninfo_to_dict(SERVER_URL)
QUEUE = os.environ.get("PLAYGROUND_QUEUE", "celery_playground")  # whoever runs beside us takes another

SECRET_KEY = "celery-playground: signs nothing"  # noqa: S105 -- guards nothing
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "celery_playground.pages"
INSTALLED_APPS = ["lab_celery", "celery_playground"]
LAB_CELERY_APP = "celery_playground.app.app"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEFAULT_FROM_EMAIL = "shop@example.com"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("PLAYGROUND_DATABASE", "celery_playground"),
        "HOST": SERVER.get("host", ""),
        "PORT": SERVER.get("port", ""),
        "USER": SERVER.get("user", ""),
        "PASSWORD": SERVER.get("password", ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"server_side_binding": True},
        "TEST": {"NAME": f"test_{SERVER.get('dbname', '')}_celery"},  # two suites may share the server
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
