"""Relays and workers as they really run, on the test's own rows and files, and on a piece of a broker of their own."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from django.conf import settings as project
from kombu import Connection
from media.processes import process_environment, running

QUIET = ["--without-mingle", "--without-gossip"]
QUEUES = ["default", "media", "mail", "periodic"]


class Crew:
    """Starts processes of the capstone on one broker; a killed worker's message returns after 4 seconds on Valkey."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.prefix = url, folder, f"test-{uuid4().hex[:12]}:"
        self.environment = process_environment(
            CELERY_BROKER_URL=url,
            BROKER_PREFIX=self.prefix,
            TASK_SECONDS="2",
            STORAGE_DIR=str(project.STORAGE_DIR),
            DJANGO_SETTINGS_MODULE="config.settings",
            EMAIL_HOST="console",
        )

    @contextlib.contextmanager
    def worker(self, queues: str, *, at_once: int = 1) -> Iterator[subprocess.Popen[bytes]]:
        command = ["celery", "-A", "config", "worker", "-Q", queues, "--concurrency", str(at_once), *QUIET]
        log = self.folder / f"{uuid4()}.log"
        with running(*command, "-n", f"{uuid4()}@localhost", log=log, env=self.environment) as process:
            yield process

    @contextlib.contextmanager
    def relay(self) -> Iterator[subprocess.Popen[bytes]]:
        log = self.folder / f"{uuid4()}.log"
        with running("django", "outbox_relay", log=log, env=self.environment) as process:
            yield process

    def remove(self) -> None:
        with Connection(self.url) as connection, connection.channel() as channel:
            if connection.transport.driver_type == "redis":
                if keys := channel.client.keys(f"{self.prefix}*"):
                    channel.client.delete(*keys)
                return
            for name in [*QUEUES, "default.dead-letters"]:
                channel.queue_delete(name)
                channel.exchange_delete(name)


def kill(process: subprocess.Popen[bytes]) -> None:
    """``kill -9``, for a worker and its children: none of them gets to say a word."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
