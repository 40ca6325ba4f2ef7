"""Settings of the playground: no database, and what goes wrong on standard error."""

SECRET_KEY = "retry-playground"  # noqa: S105 -- signs nothing
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "retry_playground.urls"
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
