"""Is the process alive, and can it serve? Interim: the delivery lab's part replaces it."""

import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection

log = logging.getLogger(__name__)


def postgres_answers() -> None:
    """Raise where PostgreSQL does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def valkey_answers() -> None:
    """Raise where Redis or Valkey does not answer within a second."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
        client.ping()


def broker_answers() -> None:
    """Raise where Celery's broker does not answer within a second."""
    with Connection(settings.BROKER_URL, connect_timeout=1) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=1)


CHECKS: dict[str, Callable[[], None]] = {
    "postgres": postgres_answers,
    "valkey": valkey_answers,
    "broker": broker_answers,
}


@never_cache
@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """Answer 200: the process runs."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 where every service answers, else 503; which one failed is said, why is logged."""
    found = {name: outcome(name, check) for name, check in CHECKS.items()}
    is_ready = all(result == "ok" for result in found.values())
    return JsonResponse(
        {"status": "ok" if is_ready else "failing", "checks": found}, status=200 if is_ready else 503
    )


# --8<-- [start:outcome]
def outcome(name: str, check: Callable[[], None]) -> str:
    """Return "ok" or "failing"."""
    try:
        check()
    except Exception:
        log.warning("%s does not answer", name, exc_info=True)
        return "failing"
    return "ok"


# --8<-- [end:outcome]
