"""``python -m celery_playground [--host 127.0.0.1] [--port 8010]``: a web server, with a worker and a relay beside it."""

import argparse
import os
import signal
import sys

from django.core.management import call_command

from celery_playground import crew, stage


def main() -> None:
    """Prepare the database, then serve until Ctrl-C; the worker and the relay start with the first order."""
    parser = argparse.ArgumentParser(prog="python -m celery_playground", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="whom to serve (default: this machine alone)")
    parser.add_argument("--port", type=int, default=8010, help="default: %(default)s")
    asked = parser.parse_args()
    if not 1 <= asked.port <= 65535:
        parser.error(f"--port must be from 1 to 65535, not {asked.port}")
    os.environ.setdefault("PLAYGROUND_QUEUE", f"playground-{asked.port}")
    stage.open_stage()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that the worker and the relay end too
    try:
        call_command("runserver", f"{asked.host}:{asked.port}", use_reloader=False, skip_checks=True)
    finally:
        crew.end()


if __name__ == "__main__":
    main()
