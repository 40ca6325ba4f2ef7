"""What PostgreSQL, Valkey and RabbitMQ have in common: found, started, recognised, stopped."""

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from nexus import processes
from nexus.errors import ServiceError
from nexus.services.state import State, run_as

launched: list[subprocess.Popen[str]] = []  # ours to reap
COMPOSE = "docker compose -f docker-compose.yml -f docker-compose.engines.yml up -d --wait postgres valkey"


@dataclass(frozen=True)
class Running:
    """A server that runs."""

    pid: int
    port: int


class Server(ABC):
    """
    One server of a state.

    Whether it runs is read from the server's own files and the process table, never from notes of ours:
    notes would be wrong after the first ``kill -9``.
    """

    name: str
    variable: str
    usual_port: int
    stop_signals: tuple[signal.Signals, ...] = (signal.SIGTERM,)

    def __init__(self, state: State, *, port: int | None = None) -> None:
        """``port``: of one that is started again, where it was."""
        self.state, self.port = state, port
        self.folder = state.services / self.name.lower()
        self.log = state.logs / f"{self.name.lower()}.log"

    @abstractmethod
    def program(self) -> Path | None:
        """Return the program that would be started."""

    @abstractmethod
    def pid(self) -> int | None:
        """Return the process id in the server's own file; the process may be gone, or be another's by now."""

    @abstractmethod
    def running(self) -> Running | None:
        """Return the server where it runs and takes connections."""

    @abstractmethod
    def start(self) -> Running:
        """Start the server and wait until it takes connections. Raises ``ServiceError``."""

    def mark(self) -> str:
        """Return what tells this server's process from any other: its folder, on its command line."""
        return str(self.folder)

    def stop(self) -> None:
        """Stop the server where it runs, and wait until it is gone."""
        pid = self.pid()
        if pid is not None:
            processes.end(pid, self.mark(), *self.stop_signals)
        for process in [one for one in launched if one.poll() is not None]:
            launched.remove(process)

    def usual_or_free_port(self) -> int:
        """Return the usual port where nobody has it. A test run takes any: the usual one is `./nexus up`'s."""
        return self.port or processes.free_port(0 if self.state.is_ephemeral else self.usual_port)

    def launch(
        self,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None = None,
        given: str = "",
    ) -> subprocess.Popen[str]:
        """Start a process of its own session, so that Ctrl-C is for us to interpret; ``given`` is its input."""
        clean = {"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self.folder), **(environment or {})}
        with self.log.open("w") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
                cwd=self.state.services,
                env=clean,
                **run_as(),
            )
        launched.append(process)
        with suppress(BrokenPipeError), cast(IO[str], process.stdin) as its_input:
            its_input.write(given)
        return process

    def run(self, command: Sequence[str | Path]) -> int:
        """Run a program of the server's to its end, and return its exit code; interrupted, end what it started too."""
        process = self.launch(command)
        try:
            return process.wait()
        except BaseException:
            processes.end_group(process.pid)
            raise

    def wait_for(self, process: subprocess.Popen[str], limit_s: float) -> Running | None:
        """Return the server once it takes connections, None where its process ended first."""
        try:
            processes.wait_until(lambda: process.poll() is not None or self.running() is not None, limit_s)
        except BaseException:  # interrupted before the server wrote the file by which stop() would find it
            processes.end_group(process.pid)
            raise
        if process.poll() is not None:
            return None
        running = self.running()
        if running is None:
            processes.end_group(process.pid)
            raise ServiceError(f"{self.name} did not answer within {limit_s:.0f} s; its log: {self.log}")
        return running

    def missing(self) -> ServiceError:
        """Return the error for a machine that has no such server."""
        return ServiceError(
            f"no {self.name} here: neither {self.variable} in the environment, nor its wheel in .venv, nor a program "
            f"on this machine.\nStart one with `{COMPOSE}` and set {self.variable}\n(docker-compose.engines.yml says how), or remove .venv and start again."
        )

    def refused(self, reason: str) -> ServiceError:
        """Return the error for files that the server cannot use. Nothing is deleted unasked."""
        if "No space left on device" in reason:
            return ServiceError(
                f"{self.name} does not start: the disk is full ({self.folder}). Free some space."
            )
        return ServiceError(
            f"{self.name} does not start on the files in {self.folder}:\n  {reason}\n"
            f"`./nexus reset` deletes them and begins anew (the whole log: {self.log})."
        )

    def last_words(self) -> str:
        """Return the end of the server's log."""
        return (
            "\n  ".join(self.log.read_text(errors="replace").strip().splitlines()[-3:]) or "it said nothing"
        )
