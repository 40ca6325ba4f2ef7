"""Programs started for a test, on the test's own database, and gone after it."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

SECRET_KEY = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"


def eventually(condition: Callable[[], Any], *, within_s: float = 50) -> Any:
    """Wait until a condition holds and return what it says; fail where it does not in time."""
    deadline = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {within_s} s: {condition}"
        time.sleep(0.02)
    return found


def process_environment(**but: str) -> dict[str, str]:
    """Return a production-like environment on the test's own database."""
    at = connection.settings_dict
    login = quote(at["USER"] or "") + (f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else "")
    return os.environ | {
        "DATABASE_URL": f"postgresql://{login}@{at['HOST']}:{at['PORT'] or 5432}/{quote(at['NAME'])}",
        "DEBUG": "0",
        "BEHIND_HTTPS": "0",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECRET_KEY": SECRET_KEY,
        **but,
    }


@contextlib.contextmanager
def running(*command: str, log: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a process group of its own, which is gone at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(20)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def status_at(port: int, path: str) -> int:
    """Return what GET answers for a path sent as it is: an ordinary client would tidy its dots away."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as caller:
        caller.request("GET", path)
        return caller.getresponse().status
