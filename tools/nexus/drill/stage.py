"""What a drill happens on: services, workers, a relay and a mail server of its own, to be killed; gone afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from nexus import processes
from nexus.drill.sink import Sink
from nexus.environment import MANAGE, Addresses, capstone_environment
from nexus.errors import NexusError
from nexus.services import CHECKOUT, Session, session
from nexus.services.rabbitmq import RabbitMQ
from nexus.services.server import Server
from nexus.services.state import new_ephemeral_state
from nexus.services.valkey import Valkey
from nexus.up import worker_command

SERVICES = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "RABBITMQ_URL")
PATIENCE_S = 300  # for what must become so before the drill can go on
ADDRESSES = Addresses()


@dataclass(frozen=True, slots=True)
class Size:
    """How much is at stake, and how long a task may take (Valkey gives a killed worker's message back 10 s later)."""

    jobs: int
    seconds_each: int
    followers: int
    letters: int
    kills: int
    away_s: float
    task_seconds: int
    patience_s: int  # after which work that is not done counts as lost


FULL = Size(
    jobs=4, seconds_each=120, followers=200, letters=400, kills=2, away_s=10, task_seconds=60, patience_s=300
)
SHORT = Size(
    jobs=2, seconds_each=60, followers=30, letters=120, kills=1, away_s=2, task_seconds=2, patience_s=120
)


class NotWithin(NexusError):
    """Something did not become so in the time there was."""


class Member:
    """A process and its children, in a group of their own."""

    def __init__(self, stage: "Stage", name: str, command: list[str]) -> None:
        self.stage, self.name, self.command = stage, name, command
        self.launch()

    def launch(self) -> None:
        """Start the process, or start it again."""
        stage, name, command = self.stage, self.name, self.command
        with (stage.session.state.logs / f"{name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=stage.environment,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        stage.session.guard.tell("watch", self.process.pid)

    def kill(self) -> None:
        """``kill -9``, the children too: none of them gets to say a word."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.stage.session.guard.tell("forget", self.process.pid)


@dataclass
class Stage:
    """One broker's set of everything."""

    session: Session
    broker: str
    size: Size
    sink: Sink
    environment: Mapping[str, str]
    members: list[Member] = field(default_factory=list)

    def start(self, name: str) -> Member:
        """Start ``relay``, ``worker`` or ``encoder``."""
        command = [*MANAGE, "outbox_relay"] if name == "relay" else worker_command(name, ADDRESSES)
        self.members.append(member := Member(self, name, command))
        return member

    def replaced(self, member: Member) -> Member:
        """Kill a member, and start another of its kind."""
        member.kill()
        self.members.remove(member)
        return self.start(member.name)

    def end(self) -> None:
        """Kill all that runs."""
        while self.members:
            self.members.pop().kill()

    def stop_broker(self) -> Server:
        """Stop the broker; ``start()`` of what is returned brings it back where it was."""
        kind: type[Server] = RabbitMQ if self.broker == "rabbitmq" else Valkey
        running = kind(self.session.state).running()
        if running is None:
            raise NexusError(f"{kind.name} is gone before it was stopped.")
        server = kind(self.session.state, port=running.port)
        server.stop()
        return server

    def settles(self, what: str, condition: Callable[[], object]) -> bool:
        """Wait until work is done; tell whether it was, and print what was not: that is then counted, as lost."""
        try:
            self.until(what, condition, patience_s=self.size.patience_s)
        except NotWithin as error:
            print(f"lost: {str(error).splitlines()[0]}", file=sys.stderr, flush=True)
            return False
        return True

    def until(self, what: str, condition: Callable[[], object], *, patience_s: int = PATIENCE_S) -> None:
        """Wait until something is so. Raises ``NotWithin`` with the end of the logs where it does not become so."""
        deadline = time.monotonic() + patience_s
        while not condition():
            for member in self.members:
                if member.process.poll() is not None:  # by itself: compose would start it again, too
                    print(
                        f"the {member.name} ended by itself, and is started again",
                        file=sys.stderr,
                        flush=True,
                    )
                    member.launch()
            if time.monotonic() > deadline:
                logs = sorted(self.session.state.logs.glob("*.log"))
                ends = [f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}" for log in logs]
                raise NotWithin(f"not within {patience_s} s: {what}\n" + "\n".join(ends))
            time.sleep(0.02)


@contextmanager
def stage(broker: str, size: Size) -> Iterator[Stage]:
    """Yield a stage with an empty database. Whatever happens, nothing of it is left."""
    for name in SERVICES:  # services of its own: a drill must not kill anybody else's
        os.environ.pop(name, None)
    state = new_ephemeral_state(is_durable=True)
    sink = Sink(pause_s=0.02)
    sink.controller.start()
    try:
        with session(state, rabbitmq=broker == "rabbitmq") as services:
            environment = capstone_environment(services, ADDRESSES) | {
                "EMAIL_HOST": "127.0.0.1",
                "EMAIL_PORT": str(sink.port),
                "EMAIL_USE_TLS": "0",
                "TASK_SECONDS": str(size.task_seconds),
                "LOG_LEVEL": "WARNING",
            }
            migrate = [*MANAGE, "migrate", "--no-input", "--verbosity", "0"]
            if subprocess.run(migrate, env=environment, cwd=CHECKOUT, check=False).returncode:
                raise NexusError("the drill's database could not be made; the reason stands above.")
            here = Stage(services, broker, size, sink, environment)
            try:
                yield here
            finally:
                with processes.undisturbed():
                    here.end()
    finally:
        sink.controller.stop()
