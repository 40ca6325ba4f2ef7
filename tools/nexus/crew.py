"""
The processes of `./nexus up`, and their merged log.

Honcho prints it. Honcho's Manager is not used: it keeps one more Python beside every process, and a `kill -9` of the
front door would orphan them all.
"""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import IO, cast

from honcho.colour import get_colours
from honcho.printer import Message, Printer

from nexus import processes
from nexus.errors import NexusError
from nexus.services import CHECKOUT
from nexus.services.guard import Guard

OURS = "nexus"
NAME_WIDTH = 7
PATIENCE_S = 8  # Celery lets running tasks end
LAST_WORDS_S = 1


class Crew:
    """Processes that stand and fall together."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.events: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.printer = Printer(sys.stdout, width=NAME_WIDTH, colour="NO_COLOR" not in os.environ)
        self.colours = get_colours()
        self.groups: dict[str, int] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a process; its lines join the log once ``follow`` runs."""
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.groups[name] = process.pid
        self.guard.tell("watch", process.pid)
        reader = threading.Thread(target=self.read, args=(name, process, next(self.colours)), daemon=True)
        reader.start()
        threading.Thread(target=self.wait, args=(name, process, reader), daemon=True).start()

    def read(self, name: str, process: subprocess.Popen[bytes], colour: str) -> None:
        """Bring a process's lines to the log."""
        for line in cast(IO[bytes], process.stdout):
            self.events.put(Message("line", line, now(), name, colour))

    def wait(self, name: str, process: subprocess.Popen[bytes], reader: threading.Thread) -> None:
        """Report a process's end; its children may live on and hold its output open."""
        code = process.wait()
        reader.join(timeout=LAST_WORDS_S)
        self.events.put(Message("stop", code, now(), name, None))

    def say(self, text: str) -> None:
        """Put a line of our own into the log, from any thread."""
        self.events.put(Message("line", text, now(), OURS, None))

    def fail(self, reason: str) -> None:
        """Let ``follow`` raise, from any thread."""
        self.events.put(Message("fail", reason, now(), OURS, None))

    def follow(self) -> tuple[str, int]:
        """Print the log until a process ends; return its name and exit code. Raises ``NexusError`` after ``fail``."""
        while True:
            message = self.events.get()
            if message.type == "line":
                self.printer.write(message)
            elif message.type == "fail":
                raise NexusError(message.data)
            else:
                return message.name, message.data

    def run(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Run one process to its end, the others going on. Raises ``NexusError`` where it or another fails."""
        self.start(name, command, environment)
        ended, code = self.follow()
        if ended != name or code:
            raise NexusError(ending(ended, code))
        self.guard.tell("forget", self.groups.pop(name))

    def end(self) -> None:
        """End every process and all they started, side by side."""
        with processes.undisturbed(), ThreadPoolExecutor(max_workers=len(self.groups) or 1) as pool:
            list(pool.map(lambda pid: processes.end_group(pid, PATIENCE_S), self.groups.values()))
            for pid in self.groups.values():
                self.guard.tell("forget", pid)


def now() -> datetime:
    """Return the local time, for the log."""
    return datetime.now().astimezone()


def ending(name: str, code: int) -> str:
    """Return how a process ended, as a sentence."""
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return f"{name} {how}; its last lines stand above. Everything else was stopped."
