"""``python -m retry_playground [--port 8010]``: a web server to poke at."""

import argparse

import django
from django.core.management import call_command


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m retry_playground", description=__doc__)
    parser.add_argument("--port", type=int, default=8010, help="on 127.0.0.1 (default: %(default)s)")
    port = parser.parse_args().port
    django.setup()
    call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, skip_checks=True)


if __name__ == "__main__":
    main()
