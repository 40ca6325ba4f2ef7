"""``python -m rest_playground [--port 8010]``: a web server to poke at."""

import argparse

from django.core.management import call_command
from django.core.servers.basehttp import WSGIRequestHandler

from rest_playground.stage import open_stage


def main() -> None:
    """Prepare the database, then serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m rest_playground", description=__doc__)
    parser.add_argument("--port", type=int, default=8010, help="on 127.0.0.1 (default: %(default)s)")
    port = parser.parse_args().port
    if not 1 <= port <= 65535:
        parser.error(f"--port must be from 1 to 65535, not {port}")
    open_stage()
    # Head and body of an answer are two packets: the second would wait 40 ms for the first one's receipt.
    WSGIRequestHandler.disable_nagle_algorithm = True
    call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, skip_checks=True)


if __name__ == "__main__":
    main()
