"""`manage seed_demo`: fill an empty installation with the demo's accounts, catalogue, speech and covers."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from audiobooks.demo import services
from audiobooks.demo.accounts import demo_accounts_store


class Command(BaseCommand):
    """Safe to repeat; a second run takes a moment."""

    help = "Make the demo accounts and catalogue, with spoken audio. Safe to repeat."

    def handle(self, **_options: Any) -> None:
        """Seed, unless this very demo is here."""
        if services.is_seeded():
            demo_accounts_store()
            self.stdout.write("The demo catalogue is here already.")
            return
        began = timezone.now()
        number = services.demo_seed(progress=self.show)
        seconds = (timezone.now() - began).total_seconds()
        self.stdout.write(f"Made {number} recordings with spoken chapters and covers in {seconds:.0f} s.")

    def show(self, done: int, of: int) -> None:
        """Say how far it is: one line that moves on a terminal, every tenth recording elsewhere."""
        if sys.stdout.isatty():
            self.stdout.write(f"\rSpeaking recording {done} of {of} …", ending="\n" if done == of else "")
            self.stdout.flush()
        elif done % 10 == 0 or done == of:
            self.stdout.write(f"Spoke recording {done} of {of}.")
            self.stdout.flush()
