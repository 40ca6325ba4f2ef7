"""A mail server that takes every letter, a little slowly, and remembers its Message-ID."""

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes
from threading import Lock

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from nexus import processes


@dataclass
class Sink:
    """What came: (Message-ID, recipient) of every letter, in order."""

    pause_s: float
    letters: list[tuple[str, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.port = processes.free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's
        """Keep a letter."""
        await asyncio.sleep(self.pause_s)  # a real one takes a while, too
        letter = message_from_bytes(bytes(envelope.original_content or b""))
        with self.lock:
            self.letters.append((str(letter["Message-ID"]), envelope.rcpt_tos[0]))
        return "250 OK"

    def has(self, task: str, number: int) -> bool:
        """Tell whether so many letters of a task came."""
        return len(self.of(task)) >= number

    def of(self, *task_names: str) -> list[str]:
        """Return the Message-IDs of these tasks' letters, as often as they came."""
        with self.lock:
            return [name for name, _ in self.letters if any(f".{task}@" in name for task in task_names)]
