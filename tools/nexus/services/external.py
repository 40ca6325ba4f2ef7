"""Services named in the environment: reached once, before anything is built on them, and never with their password shown."""

from collections.abc import Callable
from importlib import import_module
from urllib.parse import urlsplit

from nexus.errors import ServiceError

LIMIT_S = 5


def check(variable: str, url: str) -> None:
    """Raise ``ServiceError`` where the service at this address cannot be used."""
    schemes, reach = CHECKS[variable]
    parts = address_parts(variable, url, schemes)
    try:
        reach(url)
    except Exception as error:  # noqa: BLE001 -- whatever a driver raises becomes one sentence without the password
        place = f"{parts[0]}:{parts[1]}" if parts[1] else parts[0]
        reason = without_secrets(str(error) or type(error).__name__, url)
        message = (
            f"{variable} in the environment leads nowhere usable ({place}):\n  {reason}\n{advice(variable)}"
        )
        raise ServiceError(message) from None


def address_parts(variable: str, url: str, schemes: tuple[str, ...]) -> tuple[str, int | None]:
    """Return host and port. Raises ``ServiceError`` where the text is not an address of the right kind."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "the local socket", parts.port
    except ValueError:
        raise ServiceError(
            f"{variable} is not an address: the part after the last : must be a port number."
        ) from None
    if parts.scheme not in schemes:
        raise ServiceError(f"{variable} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
    return host, port


def advice(variable: str) -> str:
    """Return the way out."""
    return f"Correct {variable}, or unset it: ./nexus then starts its own."


def without_secrets(text: str, url: str) -> str:
    """Return a driver's message in one line, without the address's password should it repeat it."""
    password = urlsplit(url).password
    line = " ".join(text.split())
    return line.replace(password, "***") if password else line


def reach_postgres(url: str) -> None:
    """Log in and ask for one row."""
    psycopg = import_module("psycopg")  # a quarter of a second, and only where the address is not ours
    with psycopg.connect(url, connect_timeout=LIMIT_S) as connection:
        connection.execute("SELECT 1")


def reach_redis(url: str) -> None:
    """Log in and ping."""
    redis = import_module("redis")
    with redis.Redis.from_url(url, socket_connect_timeout=LIMIT_S, socket_timeout=LIMIT_S) as client:
        client.ping()


def reach_broker(url: str) -> None:
    """Log in to whichever broker Celery would use."""
    kombu = import_module("kombu")
    with kombu.Connection(url, connect_timeout=LIMIT_S) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0.1, timeout=LIMIT_S)


Check = tuple[tuple[str, ...], Callable[[str], None]]
REDIS_SCHEMES, AMQP_SCHEMES = ("redis", "rediss", "unix"), ("amqp", "amqps")
CHECKS: dict[str, Check] = {
    "DATABASE_URL": (("postgresql", "postgres"), reach_postgres),
    "REDIS_URL": (REDIS_SCHEMES, reach_redis),
    "CELERY_BROKER_URL": ((*REDIS_SCHEMES, *AMQP_SCHEMES), reach_broker),
    "RABBITMQ_URL": (AMQP_SCHEMES, reach_broker),
}
