"""
The audiobook platform, asked over HTTP and by its commands: a changed password promises its owner a letter.

``CHECK_TOKENS``: access tokens of accounts whose password is ``CHECK_PASSWORD``, one for each change that is asked for.
``CHECK_DATABASE_URL``: the platform's database. Its relay and its worker are started here, its letters arrive here.
"""

import atexit
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from celery import Celery

from celery_checks import broker
from celery_checks.mailbox import Mailbox
from celery_checks.targets import Shop
from lab_celery.config import celery_settings
from nexus.labs.site import Site

HOME = Path(__file__).resolve().parents[3] / "capstone"
MANAGE = [sys.executable, str(HOME / "manage.py")]
TASK, QUEUE = "audiobooks.accounts.tasks.send_notice", "mail"
PATIENCE_S = 60


class Capstone(Site):
    """The platform. Whoever changes a password is promised a letter, by ``accounts.notice`` on the queue ``mail``."""

    subscribers = (TASK,)
    broker = broker

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        Shop.address = self.base_url
        self.tokens = os.environ["CHECK_TOKENS"].split()
        self.mailbox = Mailbox()
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": os.environ["CHECK_DATABASE_URL"],
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.mailbox.port),
            "EMAIL_USE_TLS": "0",
            "DEFAULT_FROM_EMAIL": "shop@example.com",
            "PYTHONPATH": str(HOME),
        }

    def promise(self, number: int) -> None:
        """Change as many passwords; each owner is promised a letter."""
        for _ in range(number):
            self.change(os.environ["CHECK_PASSWORD"], 200)

    def promised_by_a_failure(self) -> int:
        """Have a change refused; return how many events it published all the same."""
        before = self.still_waiting()
        self.change("not the password", 400)
        return self.still_waiting() - before

    def change(self, current: str, status: int) -> None:
        self.token = self.tokens.pop()
        body = {"current_password": current, "password": f"a walk by the lake {uuid4().hex}"}
        headers = {"Idempotency-Key": str(uuid4())}
        answer = self.send("POST", "/api/v1/auth/password/", body=body, headers=headers, signed_in=True)
        answer.expect_status(status)

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the platform."""
        return subprocess.run(  # noqa: S603 -- our own program
            [*MANAGE, *words], env=self.environment, capture_output=True, text=True, check=False
        )

    def still_waiting(self) -> int:
        """Return how many events wait, as ``manage outbox_lag`` says."""
        return int(self.manage("outbox_lag").stdout.split()[0])

    def hand_over(self) -> str:
        """Hand over what is due; return how it ended."""
        done = self.manage("outbox_relay", "--once")
        return "BrokerAway" if done.returncode and "takes no messages" in done.stderr else done.stdout.strip()

    def told(self) -> list[str]:
        """Take what lies in the queue: the tasks that are told."""
        return [task for task, _ in self.messages()]

    @cached_property
    def app(self) -> Celery:
        """Return an application on the platform's queue, to take messages from it and to bring them again."""
        app = Celery("checks", broker=broker.url, set_as_current=False)
        wanted = celery_settings(broker.url, [QUEUE])
        app.conf.update({name.removeprefix("CELERY_").lower(): value for name, value in wanted.items()})
        return app

    def messages(self) -> list[tuple[str, dict[str, object]]]:
        """Take what lies in the queue: tasks and arguments."""
        found = []
        with self.app.connection_for_read() as link:
            queue = self.app.amqp.queues[QUEUE](link.default_channel)
            queue.declare()
            while message := queue.get():
                found.append((message.headers["task"], message.payload[1]))
                message.ack()
        return found

    def has_effect_without_a_worker(self) -> bool:
        """Hand a promise over while no worker runs; tell whether the letter is there."""
        self.promise(1)
        self.hand_over()
        is_there = bool(self.mailbox.ids)
        self.messages()
        return is_there

    def delivered(self, times: int) -> tuple[int, list[bool] | None]:
        """Bring one event to the worker as often, and then another; return how many letters the first made."""
        self.promise(2)
        self.hand_over()
        (_, first), (_, last) = self.messages()
        self.works()
        for asked in [*[first] * times, last]:  # the worker does one at a time, in this order
            self.app.send_task(TASK, kwargs=asked, queue=QUEUE)
        self.wait_until(lambda: self.letters_of(last) == 1)
        return self.letters_of(first), None

    def letters_of(self, asked: dict[str, object]) -> int:
        """Return how many letters an event made: their Message-ID names it."""
        return sum(str(asked["event_id"]) in name for name in self.mailbox.ids)

    def ids_of_two_attempts(self) -> tuple[str, str]:
        """Refuse a letter once; return the Message-IDs of both attempts."""
        before = len(self.mailbox.ids)
        self.works()
        self.mailbox.is_full = True
        self.promise(1)
        self.hand_over()
        self.wait_until(lambda: bool(self.mailbox.refused))
        self.mailbox.is_full = False
        self.wait_until(lambda: bool(self.hand_over()) and len(self.mailbox.ids) > before)
        return self.mailbox.refused[0], self.mailbox.ids[before]

    def ids_of_letters(self) -> list[str]:
        """Have three letters sent; return their Message-IDs."""
        before = len(self.mailbox.ids)
        self.works()
        self.promise(3)
        self.hand_over()
        self.wait_until(lambda: len(self.mailbox.ids) == before + 3)
        return self.mailbox.ids[before:]

    @cached_property
    def worker(self) -> subprocess.Popen[bytes]:
        """Return the platform's worker, started once, which ends with the checks."""
        words = ["-A", "config", "worker", "-Q", QUEUE, "--pool", "solo", "-n", f"{uuid4().hex[:8]}@%h"]
        worker = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-P", "-m", "celery", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        atexit.register(os.killpg, worker.pid, signal.SIGKILL)
        return worker

    def works(self) -> None:
        """Have a worker."""
        if (code := self.worker.poll()) is not None:
            raise RuntimeError(f"the platform's worker ended by itself, with exit code {code}")

    def wait_until(self, is_true: Callable[[], bool]) -> None:
        """Look until it is so, while the worker lives. Raises ``TimeoutError``."""
        until = time.monotonic() + PATIENCE_S
        while not is_true():
            self.works()
            if time.monotonic() > until:
                raise TimeoutError(f"not within {PATIENCE_S} s: does the platform's worker do its part?")
            time.sleep(0.02)
