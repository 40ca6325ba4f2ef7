"""The environment in which our own programs run: the services' addresses and what the settings ask for."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from nexus.services import CHECKOUT, Session

CAPSTONE = CHECKOUT / "capstone"
MANAGE = [sys.executable, str(CAPSTONE / "manage.py")]


@dataclass(frozen=True)
class Addresses:
    """Where `./nexus up` serves."""

    api_port: int = 8000
    hub_port: int = 8001
    media_port: int = 8002
    books_port: int = 8003

    @property
    def api(self) -> str:
        """The API and the landing page."""
        return f"http://127.0.0.1:{self.api_port}/"

    @property
    def hub(self) -> str:
        """The documentation."""
        return f"http://127.0.0.1:{self.hub_port}/"

    @property
    def media(self) -> str:
        """Signed audio, and covers."""
        return f"http://127.0.0.1:{self.media_port}/"

    @property
    def book_api(self) -> dict[str, str]:
        """The settings by which the capstone asks the imitation of a book API."""
        return {
            "BOOK_API_URL": f"http://127.0.0.1:{self.books_port}",
            "BOOK_API_NETWORKS": "127.0.0.1/32",
        }


def capstone_environment(session: Session, addresses: Addresses | None = None) -> dict[str, str]:
    """
    Return the capstone's environment in development.

    What the caller's own environment says wins, ports excepted; in a test run it does not: tests mean the same everywhere.
    """
    addresses = addresses or Addresses()
    ours = {
        "DEBUG": "0",  # as in production: errors are problem documents, not Django's debugging pages
        "BEHIND_HTTPS": "0",
        "EMAIL_HOST": "console",
        "SECRET_KEY": session.state.secret("django"),
        "STORAGE_DIR": str(session.state.storage),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    }
    fixed = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": session.database("capstone"),
        "PUBLIC_BASE_URL": addresses.api,
        "HUB_BASE_URL": addresses.hub,
        "MEDIA_BASE_URL": addresses.media,
        "PYTHONUNBUFFERED": "1",
    }
    callers = {**os.environ, **ours} if session.state.is_ephemeral else {**ours, **os.environ}
    return {**callers, **session.environment, **fixed}


def production_environment(environment: Mapping[str, str], secret_key: str) -> dict[str, str]:
    """Return an environment as a careful operator would write it, to check the settings under."""
    production = {"SECRET_KEY": secret_key, "ALLOWED_HOSTS": "audiobooks.example.org"}
    development = {
        "DEBUG",
        "BEHIND_HTTPS",
        "ALLOWED_HOSTS",
        "PUBLIC_BASE_URL",
        "HUB_BASE_URL",
        "MEDIA_BASE_URL",
    }
    return {name: value for name, value in environment.items() if name not in development} | production
