"""Workers and relays as processes of their own, to be killed."""

import os
import signal
import subprocess
import sys
from functools import cache
from types import TracebackType
from uuid import uuid4

from django.conf import settings

START = [sys.executable, "-P", "-m"]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


class Member:
    """A process with its children, in a group of their own, which end with the block."""

    def __init__(self, *command: str, **environment: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 -- our own modules
            [*START, *command],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self) -> "Member":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def kill(self) -> None:
        """``kill -9``, for the process and its children: none of them gets to say a word."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def worker(queue: str, *options: str, at_once: int = 1, **environment: str) -> Member:
    """Start a worker of the playground; ``options`` are further ones of ``celery worker``."""
    name = f"{uuid4().hex[:8]}@%h"  # RabbitMQ ends the second worker of one name
    words = ["-A", "celery_playground.app", "worker", "-Q", queue, "-n", name, "--concurrency", str(at_once)]
    return Member("celery", *words, *QUIET, *options, **environment)


def relay(**environment: str) -> Member:
    """Start a relay of the playground."""
    return Member("django", "outbox_relay", **environment)


@cache
def beside() -> list[Member]:
    """Start a worker and a relay beside the web server, once, where somebody takes an order."""
    return [worker(settings.QUEUE), relay()]


def end() -> None:
    """End them."""
    for member in beside() if beside.cache_info().currsize else ():
        member.kill()
