"""Settings of the playground: PostgreSQL from ``DATABASE_URL``, the cache from ``REDIS_URL``, and the part."""

import os

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict
from redis.backoff import NoBackoff
from redis.retry import Retry

for name, example in (
    ("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres"),
    ("REDIS_URL", "redis://127.0.0.1:6379/0"),
):
    if not os.environ.get(name):
        raise ImproperlyConfigured(f"{name} is not set. Give an address such as {example}")
SERVER_URL = os.environ["DATABASE_URL"]
SERVER = conninfo_to_dict(SERVER_URL)
REDIS_URL = os.environ["REDIS_URL"]

SECRET_KEY = "caching-playground: signs the sessions of invented people"  # noqa: S105 -- guards nothing
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "caching_playground.urls"
INSTALLED_APPS = ["caching_playground"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "caching_playground",
        "HOST": SERVER.get("host", ""),
        "PORT": SERVER.get("port", ""),
        "USER": SERVER.get("user", ""),
        "PASSWORD": SERVER.get("password", ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"server_side_binding": True},
        "TEST": {"NAME": f"test_{SERVER.get('dbname', '')}_caching"},  # two suites may share the server
    }
}
CACHES = {  # for the ways that do without the part
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "playground",
        "OPTIONS": {
            "retry": Retry(NoBackoff(), 0)
        },  # redis-py would try for seconds before it says that nobody is there
    }
}
LAB_CACHING = {
    "URL": REDIS_URL,
    "PREFIX": "playground:",
    "TIMEOUT_S": 5,
}  # 50 threads of one process come at once

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
