"""The media process and a broker, as they really run."""

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from media.crew import Crew
from media.processes import SECRET_KEY, eventually, process_environment, running


class MediaProcess:
    """Where the media process answers, what it logs, and where it finds its files."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}/"
        self.storage_dir = folder / "storage"
        self.log = folder / "log"
        self.pid = 0

    @contextlib.contextmanager
    def started(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run it with 32 threads, as ./nexus up does."""
        command = ["granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "32"]
        command += ["--workers-kill-timeout", "5", "--host", "127.0.0.1", "--port", str(self.port)]
        env = process_environment(STORAGE_DIR=str(self.storage_dir))
        with running(*command, "config.wsgi_media:application", log=self.log, env=env) as process:
            eventually(self.is_alive)
            yield process

    def is_alive(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.base_url}healthz/live").status_code == 200
        return False


@pytest.fixture(scope="session")
def media_process(django_db_setup, tmp_path_factory) -> Iterator[MediaProcess]:
    """`granian config.wsgi_media:application` with 32 threads, as ./nexus up starts it."""
    process = MediaProcess(tmp_path_factory.mktemp("media_process"))
    with process.started() as started:
        process.pid = started.pid
        yield process


@pytest.fixture
def media(transactional_db, settings, media_process) -> MediaProcess:
    """The media process, sharing this test's rows, files and key."""
    settings.STORAGE_DIR = media_process.storage_dir
    settings.MEDIA_BASE_URL = media_process.base_url
    settings.SECRET_KEY = SECRET_KEY
    return media_process


@pytest.fixture
def player(media) -> Iterator[httpx.Client]:
    """A client of the media process, in the words of a browser's audio element."""
    with httpx.Client(headers={"Accept": "audio/webm,audio/ogg;q=0.9"}) as client:
        yield client


@pytest.fixture
def rabbitmq_url() -> str:
    """The broker's address; REQUIRE_SERVICES=rabbitmq makes its absence a failure."""
    url = os.environ.get("RABBITMQ_URL", "")
    if not url:
        reason = "RABBITMQ_URL is not set: no RabbitMQ broker to test with"
        if "rabbitmq" in os.environ.get("REQUIRE_SERVICES", "").split(","):
            pytest.fail(reason)
        pytest.skip(reason)
    return url


@pytest.fixture
def media_alone(transactional_db, settings, tmp_path) -> Iterator[subprocess.Popen[bytes]]:
    """A media process of one test's own, which it may kill."""
    process = MediaProcess(tmp_path)
    settings.STORAGE_DIR, settings.MEDIA_BASE_URL = process.storage_dir, process.base_url
    settings.SECRET_KEY = SECRET_KEY
    with process.started() as started:
        yield started


@pytest.fixture
def crew(settings, tmp_path) -> Iterator[Crew]:
    """Relays and workers of one test's own, on Valkey."""
    crew = Crew(settings.REDIS_URL, tmp_path)
    yield crew
    crew.remove()
