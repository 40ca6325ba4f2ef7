"""`manage prepare_load FOLDER`: what the listeners of `capstone/load/locustfile.py` need to know."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audiobooks.catalog.models import Audiobook
from audiobooks.demo.accounts import demo_accounts_store, password_of
from audiobooks.media.encoding import encode_m4a
from audiobooks.media.services import source_file_store

SAMPLE_RATE_HZ = 8_000
SQUARE_WAVE = (b"\x00\x10" * 20 + b"\x00\xf0" * 20) * 12_000  # a minute


class Command(BaseCommand):
    """
    Gives one recording a minute of sound, and writes into the folder ``load.json``, with the passwords of what
    ``seed_scale`` made and of Ada, and ``load.m4a``, which curators upload. Refuses in production.
    """

    help = "After seed_scale: prepare for ./nexus load, or docker compose --profile load."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the folder, and what seed_scale was told."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--users", type=int, required=True, help="as given to seed_scale")
        parser.add_argument("--seed", type=int, required=True, help="as given to seed_scale")

    def handle(self, *, folder: Path, users: int, seed: int, **_options: Any) -> None:
        """Store the sound, and write the files; the JSON last, so that what is there is whole."""
        if settings.BEHIND_HTTPS:
            raise CommandError("This installation serves real listeners: made-up ones stay out.")
        silent = Audiobook.objects.filter(access="open", source_files=None).order_by("id").first()
        if silent is None:
            raise CommandError("No open recording is without sound: run `manage seed_scale` first.")
        demo_accounts_store()
        tone = encode_m4a(SQUARE_WAVE, sample_rate_hz=SAMPLE_RATE_HZ, title="Load")
        source_file_store(audiobook_id=silent.pk, position=1, start_ms=0, content=tone)
        (folder / "load.m4a").write_bytes(tone)
        known = {
            "seed": seed,
            "listeners": users,
            "password": password_of("listener"),
            "curator_password": password_of("ada"),
            "audiobook": str(silent.pk),
        }
        (folder / "load.json").write_text(json.dumps(known, indent=1))
        self.stdout.write(f"NEXUS_LOAD_FOLDER={folder}")
