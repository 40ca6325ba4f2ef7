"""Valkey, or Redis: cache in database 0, Celery's queues in database 1."""

import re
import socket
from pathlib import Path

from nexus import processes
from nexus.services import engines
from nexus.services.server import Running, Server

TRIES = 5


class Valkey(Server):
    """A Valkey on 127.0.0.1; its password is given on standard input and never lies on the disk in its folder."""

    name = "Valkey"
    variable = "REDIS_URL"
    usual_port = 63799

    def program(self) -> Path | None:
        return engines.valkey_server()

    def pid(self) -> int | None:
        try:
            return int((self.folder / "valkey.pid").read_text())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None

    def running(self) -> Running | None:
        pid = self.pid()
        port = re.search(r"--port (\d+)", processes.command_line(pid)) if pid else None
        if pid is None or port is None or not processes.is_running(pid, self.mark()):
            return None
        running = Running(pid=pid, port=int(port[1]))
        return running if self.answers(running) else None

    def answers(self, server: Running) -> bool:
        """Tell whether the server knows our password and has loaded its data."""
        greeting = f"AUTH {self.state.secret('valkey')}\r\nPING\r\n"
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=2) as connection:
                connection.sendall(greeting.encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := connection.recv(256)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def url(self, server: Running, database: int) -> str:
        """Return the address of a numbered database."""
        return f"redis://:{self.state.secret('valkey')}@127.0.0.1:{server.port}/{database}"

    def start(self) -> Running:
        found = engines.valkey_server()
        if found is None:
            raise self.missing()
        program = engines.usable(found, self.state, found.parent)
        self.state.make_for_servers(self.folder)
        self.stop()  # one whose front door was killed while it started
        for _ in range(TRIES):
            port = self.usual_or_free_port()
            process = self.launch(
                [program, "-", *self.options(port)], given=f"requirepass {self.state.secret('valkey')}\n"
            )
            running = self.wait_for(process, limit_s=60)
            if running:
                return running
            if "Address already in use" not in self.log.read_text(errors="replace"):
                break
        raise self.refused(self.last_words())

    def options(self, port: int) -> list[str]:
        """Return the settings that differ from Valkey's own; they are also how its process is recognised."""
        kept = "yes" if self.state.is_durable or not self.state.is_ephemeral else "no"
        folder = str(self.folder)
        settings = {
            "port": str(port),
            "bind": "127.0.0.1",
            "dir": folder,
            "pidfile": f"{folder}/valkey.pid",
            "save": "",
            "appendonly": kept,
            "maxmemory-policy": "noeviction",
            "set-proc-title": "no",
            "databases": "64",
        }
        return [word for name, value in settings.items() for word in (f"--{name}", value)]
