"""`manage book_service`: serve the imitation of the book API, until Ctrl-C."""

import argparse
import threading
from typing import Any

from django.core.management.base import BaseCommand

from audiobooks.demo.book_service import BookService


class Command(BaseCommand):
    """Prints the settings with which the platform asks it."""

    help = "Serve a local imitation of the book API, which can be made to misbehave."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take --port and --trouble."""
        parser.add_argument("--port", type=int, default=8003)
        parser.add_argument("--trouble", choices=["none", *BookService.troubles], default="none")

    def handle(self, **options: Any) -> None:
        """Serve."""
        with BookService(options["port"]) as service:
            service.trouble = options["trouble"]
            self.stdout.write(f"BOOK_API_URL={service.url} BOOK_API_NETWORKS=127.0.0.1/32")
            self.stdout.write(
                f"An ISBN it knows: {next(iter(service.editions))}. Trouble: {service.trouble}."
            )
            self.stdout.flush()
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                self.stdout.write("Ended.")
