"""`manage rebuild_cards`: make the read model of lists and pages anew, or compare it."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from audiobooks.catalog.models import CATALOG
from audiobooks.catalog.services import cards
from lab_caching import bump


class Command(BaseCommand):
    """For after SQL by hand. Reads go on meanwhile."""

    help = "Make every card of the catalogue anew; with --compare only those that differ from their rows."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take --compare."""
        parser.add_argument("--compare", action="store_true", help="make only what differs or is missing")

    def handle(self, **options: Any) -> None:
        """Make them, and say how many."""
        if options["compare"]:
            filled, wrong = cards.cards_fill(), cards.cards_compare()
            self.stdout.write(f"{len(wrong)} cards differed, {filled} were missing; all are made.")
        else:
            self.stdout.write(f"Made {cards.cards_rebuild()} cards.")
        bump(CATALOG)
