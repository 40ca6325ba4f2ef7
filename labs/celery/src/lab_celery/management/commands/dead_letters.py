"""``manage.py dead_letters list | show ID | replay ID… | replay --all``: what could not be done, and another try at it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lab_celery.dead_letters import replay
from lab_celery.models import DeadLetter


class Command(BaseCommand):
    """List, show and replay dead letters."""

    help = "What tasks gave up: list them, show one, or replay them once the reason is mended."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        words.add_parser("list")
        words.add_parser("show").add_argument("ids", nargs=1, type=int, metavar="ID")
        again = words.add_parser("replay")
        again.add_argument("ids", nargs="*", type=int, metavar="ID")
        again.add_argument("--all", action="store_true", help="replay every one")

    def handle(self, **options: Any) -> None:
        {"list": self.print_all, "show": self.print_one, "replay": self.replay}[options["word"]](**options)

    def print_all(self, **_options: Any) -> None:
        for letter in DeadLetter.objects.order_by("id"):
            self.stdout.write(f"{letter.pk}  {letter.died_at:%Y-%m-%d %H:%M}  {letter.task}  {letter.reason}")

    def print_one(self, *, ids: list[int], **_options: Any) -> None:
        letter = DeadLetter.objects.filter(pk=ids[0]).first() or self.missing(ids[0])
        for name in ("task", "topic", "event_id", "attempts", "died_at", "reason"):
            self.stdout.write(f"{name:<9} {getattr(letter, name)}")
        self.stdout.write(f"ids       {json.dumps(letter.ids)}\n\n{letter.traceback}")

    def replay(self, *, ids: list[int], **options: Any) -> None:
        if bool(ids) == options["all"]:
            raise CommandError("Name the letters to replay, or say --all.")
        for number in ids or DeadLetter.objects.order_by("id").values_list("pk", flat=True):
            if not replay(number, now=timezone.now()):
                self.missing(number)
            self.stdout.write(f"{number} goes back to its task.")

    def missing(self, number: int) -> DeadLetter:
        raise CommandError(
            f"There is no dead letter {number}: manage.py dead_letters list shows those there are."
        )
