"""Readers of the environment, for `settings.py` alone: each says what is wrong with a variable, and what it should be."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def env_str(name: str, default: str | None = None) -> str:
    """Return a variable's text. Raises ``ImproperlyConfigured`` where it is missing and has no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name} in the environment (.env.example says what it is for).")
    return value


# --8<-- [start:env-bool]
def env_bool(name: str, *, default: bool) -> bool:
    """Return a variable as a truth value: 1/true/yes/on or 0/false/no/off."""
    text = os.environ.get(name, "").strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    if text:
        raise ImproperlyConfigured(f"{name}={text!r} is neither true nor false: use 1 or 0.")
    return default


# --8<-- [end:env-bool]


def env_int(name: str, default: int) -> int:
    """Return a variable as a whole number."""
    text = os.environ.get(name, "").strip()
    try:
        return int(text) if text else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={text!r} is not a whole number.") from error


def env_list(name: str, default: str = "") -> list[str]:
    """Return a variable's comma-separated words."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def database_from(url: str) -> dict[str, object]:
    """Return Django's form of `postgresql://user:password@host:port/name`."""
    message = "DATABASE_URL must look like postgresql://user:password@host:5432/name (PostgreSQL only)."
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(message)
    try:
        # --8<-- [start:no-password]
        port = str(parts.port or "")
    except ValueError:
        raise ImproperlyConfigured(message) from None  # the cause would print the address, password and all
        # --8<-- [end:no-password]
    return {
        "ENGINE": "config.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": port,
        "CONN_MAX_AGE": None,  # a connection lives as long as its thread: reconnecting costs four times the query
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5},
    }


def shared_folder(name: str) -> str:
    """Return a folder, made if need be, in which prometheus-client of every process keeps its counts; "" for none."""
    if name:
        Path(name).mkdir(parents=True, exist_ok=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = name  # read once, when prometheus_client is imported
    return name
