"""
``manage.py outbox_relay``: hand events to the broker until SIGTERM or Ctrl-C. Run one, or several.

It sends by the Celery application that the setting ``LAB_CELERY_APP`` names, and that nobody else has to load.
"""

import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from celery import Celery
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.module_loading import import_string

from lab_celery.relay import BrokerAway, Relay


class Command(BaseCommand):
    """Start a relay."""

    help = "Hand events from the outbox to Celery's broker, until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="hand over what is due now, and end")

    def handle(self, **options: Any) -> None:
        relay = Relay(application())
        if options["once"]:
            try:
                self.stdout.write(f"{relay.work(now=timezone.now())} handed over")
            except BrokerAway as error:
                raise CommandError(f"{error} Check CELERY_BROKER_URL.") from None
            finally:
                relay.hang_up()
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("The relay is at work.")
        self.stdout.flush()
        relay.run(stop)


def application() -> Celery:
    """Return the Celery application that the setting names. Raises ``CommandError`` where it names none."""
    name = getattr(settings, "LAB_CELERY_APP", "")
    try:
        found: Celery = import_string(name)
    except ImportError as error:
        raise CommandError(
            f"LAB_CELERY_APP is {name!r}, which is no Celery application: write where it is, such as 'config.celery.app'."
        ) from error
    return found
