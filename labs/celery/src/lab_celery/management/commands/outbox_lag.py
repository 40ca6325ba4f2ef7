"""``manage.py outbox_lag``: how far the relays are behind, with an exit code for who watches."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lab_celery.outbox import lag


class Command(BaseCommand):
    """Print the lag."""

    help = "Say how many events wait for the relay, and for how long."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--most", type=float, metavar="SECONDS", help="fail where the oldest waits longer"
        )

    def handle(self, **options: Any) -> None:
        now = lag(now=timezone.now())
        said = f"{now.waiting} waiting, the oldest for {now.oldest_s:.0f} s"
        if options["most"] is not None and now.oldest_s > options["most"]:
            raise CommandError(f"{said}. Does manage.py outbox_relay run, and does it reach the broker?")
        self.stdout.write(said)
