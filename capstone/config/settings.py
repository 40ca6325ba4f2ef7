"""
Every setting, in one file. What differs between machines comes from the environment, read by the four readers of
`environment.py` and nowhere else; `.env.example` explains each variable and a test compares the two lists.
"""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from config import mine
from config.environment import database_from, env_bool, env_int, env_list, env_str, shared_folder
from lab_celery.config import celery_settings

django_stubs_ext.monkeypatch()  # `QuerySet[Audiobook]` and its like may stand in annotations and base classes

CAPSTONE_DIR = Path(__file__).resolve().parent.parent
REPOSITORY_DIR = CAPSTONE_DIR.parent

# --- security -------------------------------------------------------------------------------------------------

# --8<-- [start:secret-key]
DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_str("SECRET_KEY")
if not DEBUG and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5):
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 random characters outside development.")
# --8<-- [end:secret-key]
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
BEHIND_HTTPS = env_bool("BEHIND_HTTPS", default=not DEBUG)
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("TRUST_PROXY_SCHEME", default=False) else None
)
SECURE_SSL_REDIRECT = BEHIND_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if BEHIND_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
CSRF_FAILURE_VIEW = "lab_rest.problems.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # usernames are unique: by a constraint on their lower case
AUTHENTICATION_BACKENDS = ["audiobooks.accounts.backends.EmailOrUsernameBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCESS_TOKEN_LIFETIME = timedelta(seconds=env_int("ACCESS_TOKEN_SECONDS", 15 * 60))
MEDIA_ADDRESS_LIFETIME = timedelta(seconds=env_int("MEDIA_ADDRESS_SECONDS", 15 * 60))
UPLOAD_MAX_BYTES = env_int("UPLOAD_MAX_BYTES", 4 * 1024**3)

# --- the application ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lab_celery",
    "lab_graphql",
    "lab_rest",
    "audiobooks.accounts",
    "audiobooks.catalog",
    "audiobooks.media",
    "audiobooks.library",
    "audiobooks.enrichment",
    "audiobooks.insights",
    "audiobooks.reviews",
    "audiobooks.playback",
    "audiobooks.discovery",
    "audiobooks.rights",
    "audiobooks.listen",
    "audiobooks.demo",
]
MIDDLEWARE = [
    "config.mine.MineMiddleware",
    "lab_rest.problems.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.SafeDefaultsMiddleware",
    "config.middleware.ShortWayMiddleware",  # the API goes past those below
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
NEXUS_MINE = mine.proven(env_list("NEXUS_MINE"), env_str("NEXUS_WORK_DIR", "") or REPOSITORY_DIR / "work")
ROOT_URLCONF = env_str("ROOT_URLCONF", "config.urls")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [CAPSTONE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
LANGUAGE_CODE, TIME_ZONE, DEFAULT_AUTO_FIELD = "en-gb", "UTC", "django.db.models.BigAutoField"

# --- services -------------------------------------------------------------------------------------------------

DATABASES = {"default": database_from(env_str("DATABASE_URL"))}
REDIS_URL = env_str("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
# --8<-- [start:queues]
QUEUES = ["default", "media", "mail", "periodic"]
TASK_LIMIT = timedelta(seconds=env_int("TASK_SECONDS", 60))
PREFIX = env_str("BROKER_PREFIX", "")
BROKER_URL = env_str("CELERY_BROKER_URL", REDIS_URL)
globals().update(celery_settings(BROKER_URL, QUEUES, longest=TASK_LIMIT, prefix=PREFIX))  # CELERY_…
LAB_CELERY_APP = "config.celery.app"
CELERY_TASK_ANNOTATIONS = {  # what may take longer, in seconds: told to stop, and killed
    "audiobooks.media.tasks.ingest": {"soft_time_limit": 4 * 3600, "time_limit": 4 * 3600 + 60},
    "audiobooks.media.tasks.make_renditions": {"soft_time_limit": 4 * 3600, "time_limit": 4 * 3600 + 60},
    "audiobooks.rights.tasks.make_export": {"soft_time_limit": 1800, "time_limit": 1860},
    "audiobooks.rights.tasks.delete_accounts_due": {"soft_time_limit": 540, "time_limit": 600},
    "audiobooks.media.tasks.verify_stored_audio": {"soft_time_limit": 540, "time_limit": 600},
    "audiobooks.reviews.tasks.check_summaries": {"soft_time_limit": 540, "time_limit": 600},
}
# --8<-- [end:queues]
EMAIL_HOST = env_str("EMAIL_HOST", "console" if DEBUG else "")  # "console" prints letters into the log
EMAIL_BACKEND = f"django.core.mail.backends.{'console' if EMAIL_HOST == 'console' else 'smtp'}.EmailBackend"
EMAIL_PORT = env_int("EMAIL_PORT", 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_USER", ""), env_str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_TIMEOUT = env_bool("EMAIL_USE_TLS", default=True), 10
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "Nexus Audiobooks <nexus@localhost>")

BOOK_API_URL, BOOK_API_KEY = env_str("BOOK_API_URL", ""), env_str("BOOK_API_KEY", "")
BOOK_API_DEADLINE_S = env_int("BOOK_API_DEADLINE_S", 10)
BOOK_API_NETWORKS = env_list("BOOK_API_NETWORKS")  # that it may lie in, though they are not public
LAB_CACHING = {"URL": env_str("CACHE_URL", REDIS_URL), "PREFIX": "nexus:"}

# --- files and addresses --------------------------------------------------------------------------------------

STORAGE_DIR = Path(env_str("STORAGE_DIR", str(CAPSTONE_DIR / "storage")))
PUBLIC_BASE_URL = env_str("PUBLIC_BASE_URL", "http://127.0.0.1:8000/")
MEDIA_BASE_URL = env_str("MEDIA_BASE_URL", "http://127.0.0.1:8002/")
HUB_BASE_URL, FRONT_END_URL = env_str("HUB_BASE_URL", "http://127.0.0.1:8001/"), env_str("FRONT_END_URL", "")
MEDIA_ACCEL_PREFIX = env_str("MEDIA_ACCEL_PREFIX", "")
STATIC_URL = "/static/"
STATICFILES_DIRS = [CAPSTONE_DIR / "config" / "static"]
STATIC_ROOT = env_str("STATIC_ROOT", "") or None  # where an image collects them; else served where they lie
WHITENOISE_USE_FINDERS = STATIC_ROOT is None

# --- the API --------------------------------------------------------------------------------------------------

API_REQUESTS_PER_MINUTE = env_int("API_REQUESTS_PER_MINUTE", 600)  # of one caller
LAB_REST_PROBLEM_BASE = f"{HUB_BASE_URL.rstrip('/')}/reference/errors/#"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["audiobooks.accounts.authentication.BearerTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["config.permissions.NobodyByDefault"],
    "DEFAULT_THROTTLE_CLASSES": ["audiobooks.accounts.throttles.Throttle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["lab_rest.parsers.BoundedJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.negotiation.JsonFirst",
    "DEFAULT_METADATA_CLASS": "config.metadata.AllowedMethodsOnly",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["lab_rest.filters.AllowListFilterBackend"],
    "EXCEPTION_HANDLER": "config.errors.exception_handler",
    "UNAUTHENTICATED_USER": "audiobooks.accounts.authentication.anonymous",
    "URL_FORMAT_OVERRIDE": None,
    "NUM_PROXIES": env_int("NUM_PROXIES", 0),  # X-Forwarded-For entries, from the right, of our own proxies
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Nexus Audiobooks API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": "An audiobook platform's backend: catalogue, accounts, signed audio.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "CreditRoleEnum": "audiobooks.catalog.models.Credit.Role",
        "EntryStateEnum": "audiobooks.library.models.LibraryEntry.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.complete_answers",
    ],
}

GRAPHQL_INTROSPECTION = env_bool("GRAPHQL_INTROSPECTION", default=DEBUG)  # and GraphiQL
GRAPHQL_SECONDS = env_int("GRAPHQL_SECONDS", 5)
GRAPHQL_DOCUMENTS_DIR = env_str("GRAPHQL_DOCUMENTS_DIR", "")
GRAPHQL_ONLY_TRUSTED = env_bool("GRAPHQL_ONLY_TRUSTED", default=False)

# --- metrics ---------------------------------------------------------------------------------------------------

METRICS_TOKEN, METRICS_DIR = env_str("METRICS_TOKEN", ""), shared_folder(env_str("METRICS_DIR", ""))

# --- logs -----------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "lab_rest.problems.RequestIdFilter"}},
    "formatters": {"line": {"format": "{levelname:<7} {request_id} {name}: {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "line"}
    },
    "root": {"handlers": ["stderr"], "level": env_str("LOG_LEVEL", "INFO")},
}
