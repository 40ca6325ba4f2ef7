"""RabbitMQ from the system's package, where it is asked for: there is no wheel of it."""

import os
import socket
import subprocess
from pathlib import Path
from shutil import which

from nexus import processes
from nexus.errors import ServiceError
from nexus.services import engines
from nexus.services.server import Running, Server

AMQP_GREETING = b"AMQP\x00\x00\x09\x01"


class RabbitMQ(Server):
    """A RabbitMQ node on 127.0.0.1 with an `epmd` of its own."""

    name = "RabbitMQ"
    variable = "RABBITMQ_URL"
    usual_port = 56729

    def program(self) -> Path | None:
        return engines.rabbitmq_server()

    def pid(self) -> int | None:
        try:
            return int((self.folder / "pid").read_text())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None

    def running(self) -> Running | None:
        pid = self.pid()
        if pid is None or not processes.is_running(pid, self.mark()):
            return None
        port = int(self.ports_file.read_text().split()[0])
        return Running(pid=pid, port=port) if answers(port) else None

    @property
    def ports_file(self) -> Path:
        """Where we note the node's port and its epmd's: neither stands on its command line."""
        return self.state.folder / "rabbitmq.ports"

    def url(self, server: Running) -> str:
        """Return the address of the default virtual host."""
        return f"amqp://nexus:{self.state.secret('rabbitmq')}@127.0.0.1:{server.port}//"

    def start(self) -> Running:
        program = engines.rabbitmq_server()
        if program is None:
            message = "no RabbitMQ here: there is no wheel of it. Install the system's package (apt install rabbitmq-server),"
            raise ServiceError(
                f"{message} or start the container that docker-compose.engines.yml lends, and set RABBITMQ_URL."
            )
        self.state.make_for_servers(self.folder)
        self.stop()
        port, epmd_port = self.usual_or_free_port(), processes.free_port()
        self.ports_file.write_text(f"{port} {epmd_port}")
        self.configure()
        running = self.wait_for(self.launch([program], self.environment(port, epmd_port)), limit_s=120)
        if running is None:
            self.stop_epmd()
            raise self.refused(self.last_words())
        return running

    def configure(self) -> None:
        """Write the node's settings; only its own user reads the password."""
        password = self.state.secret("rabbitmq")
        self.write(
            "rabbitmq.conf", f"default_user = nexus\ndefault_pass = {password}\nloopback_users = none\n"
        )
        self.write("enabled_plugins", "[].\n")

    def write(self, name: str, text: str) -> None:
        """Write one file for the node, afresh."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        self.state.give_to_servers(path)

    def environment(self, port: int, epmd_port: int) -> dict[str, str]:
        """Return the node's environment: every path below our folder, every address 127.0.0.1."""
        folder = self.folder
        named = {
            "NODENAME": "nexus@localhost",
            "NODE_IP_ADDRESS": "127.0.0.1",
            "NODE_PORT": port,
            "DIST_PORT": processes.free_port(),
            "MNESIA_BASE": folder / "mnesia",
            "LOG_BASE": folder / "log",
            "LOGS": "-",
            "PID_FILE": folder / "pid",
            "CONFIG_FILE": folder / "rabbitmq",
            "ADVANCED_CONFIG_FILE": folder / "none.config",
            "CONF_ENV_FILE": folder / "none",
            "ENABLED_PLUGINS_FILE": folder / "enabled_plugins",
            "GENERATED_CONFIG_DIR": folder / "generated",
        }
        epmd = {"ERL_EPMD_ADDRESS": "127.0.0.1", "ERL_EPMD_PORT": str(epmd_port)}
        return {f"RABBITMQ_{name}": str(value) for name, value in named.items()} | epmd

    def stop(self) -> None:
        super().stop()
        self.stop_epmd()

    def stop_epmd(self) -> None:
        """End the port mapper that Erlang started beside the node and would leave running."""
        epmd = which("epmd")
        if epmd and self.ports_file.exists():
            port = self.ports_file.read_text().split()[1]
            subprocess.run(
                [epmd, "-port", port, "-kill"], capture_output=True, check=False
            )  # gone already is as good
            self.ports_file.unlink()


def answers(port: int) -> bool:
    """Tell whether an AMQP broker listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(AMQP_GREETING)
            return connection.recv(8).startswith((b"\x01", b"AMQP"))
    except OSError:
        return False
