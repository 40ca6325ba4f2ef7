"""`./nexus manage rebuild_search`: compare what search looks in with the catalogue, and write what differs."""

from typing import Any

from django.core.management.base import BaseCommand

from audiobooks.discovery.services import documents_rebuild


class Command(BaseCommand):
    """Rebuild."""

    help = "Write the search documents that are missing or not as they should be."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do it, and say how many there were."""
        self.stdout.write(f"documents written: {documents_rebuild():,}")
