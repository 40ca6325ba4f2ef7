"""`manage seed_scale`: a catalogue and listeners as large as a measurement wants."""

import argparse
import json
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audiobooks.demo.accounts import password_of
from audiobooks.demo.scale.services import NotSeeded, Size, scale_seed

NUMBERS = {"audiobooks": 1_000, "users": 500, "positions": 10_000, "events": 50_000, "seed": 42}


class Command(BaseCommand):
    """Refuses in production, and where there is something unless `--beside` says so."""

    help = "Make a large catalogue, listeners and what they heard; labels of what was planted go into a file."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the numbers."""
        for name, default in NUMBERS.items():
            parser.add_argument(f"--{name}", type=int, default=default, help=f"default {default}")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the day before which it all happened; default today"
        )
        parser.add_argument("--labels", type=Path, help="default scale-labels-SEED.json beside the storage")
        parser.add_argument("--beside", action="store_true", help="add to what is there")

    def handle(self, **options: Any) -> None:
        """Seed, and write the labels."""
        began = time.monotonic()
        numbers = {name: options[name] for name in NUMBERS}
        size = Size(**numbers, until=options["until"] or timezone.now().date())

        def progress(doing: str) -> None:
            if options["verbosity"] > 1:
                self.stdout.write(f"{time.monotonic() - began:6.1f} s  {doing:.100}")

        try:
            labels = scale_seed(size=size, beside=options["beside"], progress=progress)
        except NotSeeded as error:
            raise CommandError(str(error)) from error
        file = options["labels"] or settings.STORAGE_DIR.parent / f"scale-labels-{size.seed}.json"
        file.write_text(
            json.dumps({"size": numbers | {"until": size.until.isoformat()}} | asdict(labels), indent=1)
        )
        told = ", ".join(f"{numbers[name]:,} {name}" for name in NUMBERS if name != "seed")
        self.stdout.write(f"Made {told} in {time.monotonic() - began:.0f} s. Labels: {file}")
        self.stdout.write(f"Listeners log in as listener-{size.seed}-N with {password_of('listener')}")
