"""``python -m celery_playground [--host 127.0.0.1] [--port 8010] [--reload]``: a web server, with a worker and a relay beside it."""

import argparse
import atexit
import os
import signal
import sys

from django.core.management import call_command
from django.utils import autoreload

from celery_playground import crew, stage


def main() -> None:
    """Serve until Ctrl-C; with ``--reload``, anew whenever a file of the code is saved."""
    parser = argparse.ArgumentParser(prog="python -m celery_playground", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="whom to serve (default: this machine alone)")
    parser.add_argument("--port", type=int, default=8010, help="default: %(default)s")
    parser.add_argument("--reload", action="store_true", help="start anew when a file of the code is saved")
    asked = parser.parse_args()
    if not 1 <= asked.port <= 65535:
        parser.error(f"--port must be from 1 to 65535, not {asked.port}")
    os.environ.setdefault("PLAYGROUND_QUEUE", f"playground-{asked.port}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that the worker and the relay end too
    atexit.register(crew.end)
    address = f"{asked.host}:{asked.port}"
    if asked.reload:
        autoreload.run_with_reloader(serve, address)
    else:
        serve(address)


def serve(address: str) -> None:
    """Prepare the database and serve at ``host:port``; the worker and the relay start with the first order."""
    stage.open_stage()
    call_command("runserver", address, use_reloader=False, skip_checks=True)


if __name__ == "__main__":
    main()
