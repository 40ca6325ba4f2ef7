"""``python -m graphql_playground [--host 127.0.0.1] [--port 8010] [--reload]``: a web server to poke at."""

import argparse

from django.core.management import call_command
from django.core.servers.basehttp import WSGIRequestHandler
from django.utils import autoreload

from graphql_playground.stage import open_stage


def main() -> None:
    """Prepare the database, then serve until Ctrl-C; with ``--reload``, anew whenever a file of the code is saved."""
    parser = argparse.ArgumentParser(prog="python -m graphql_playground", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="whom to serve (default: this machine alone)")
    parser.add_argument("--port", type=int, default=8010, help="default: %(default)s")
    parser.add_argument("--reload", action="store_true", help="start anew when a file of the code is saved")
    asked = parser.parse_args()
    if not 1 <= asked.port <= 65535:
        parser.error(f"--port must be from 1 to 65535, not {asked.port}")
    address = f"{asked.host}:{asked.port}"
    if asked.reload:
        autoreload.run_with_reloader(serve, address)
    else:
        serve(address)


def serve(address: str) -> None:
    """Serve at ``host:port``."""
    open_stage()
    # Head and body of an answer are two packets: the second would wait 40 ms for the first one's receipt.
    WSGIRequestHandler.disable_nagle_algorithm = True
    call_command("runserver", address, use_reloader=False, skip_checks=True)


if __name__ == "__main__":
    main()
