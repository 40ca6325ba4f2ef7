"""`manage demo_accounts`: who can log in to the demo."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from audiobooks.demo.accounts import demo_accounts


class Command(BaseCommand):
    """Prints names and passwords; they follow from SECRET_KEY."""

    help = "Print the demo accounts and their passwords."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take --json."""
        parser.add_argument("--json", action="store_true", help="for programs: a list of objects")

    def handle(self, **options: Any) -> None:
        """Print them."""
        accounts = demo_accounts()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(account) for account in accounts]))
            return
        for account in accounts:
            self.stdout.write(f"{account.username:<6} {account.password}  {account.role.value}")
