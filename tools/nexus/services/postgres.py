"""PostgreSQL: initdb once, start, recognise, stop."""

import signal
import sys
import tempfile
from pathlib import Path
from shutil import rmtree
from urllib.parse import quote

from nexus import processes
from nexus.errors import ServiceError
from nexus.services import engines
from nexus.services.server import Running, Server

TRIES = 40
# After kill -9 of the postmaster its old backends need a moment to notice, and a port may be taken since we looked.
TEMPORARY = (
    "is still in use",
    "could not bind",
    "is another postmaster",
    "could not create any TCP/IP sockets",
)
BUILTIN_LOCALE_SINCE = 17


class Postgres(Server):
    """A PostgreSQL on 127.0.0.1, without TLS or a socket file."""

    name = "PostgreSQL"
    variable = "DATABASE_URL"
    usual_port = 54329
    stop_signals = (signal.SIGINT, signal.SIGQUIT)  # PostgreSQL's fast, then its immediate shutdown

    @property
    def cluster(self) -> Path:
        """The data directory. It appears complete or not at all."""
        return self.folder / "cluster"

    def program(self) -> Path | None:
        folder = engines.postgres_folder()
        return folder / "postgres" if folder else None

    def pid(self) -> int | None:
        lines = self.pid_file_lines()
        return int(lines[0]) if lines and lines[0].lstrip("-").isdigit() else None

    def pid_file_lines(self) -> list[str]:
        """Return postmaster.pid: pid, data directory, start, port, socket directory, address, memory, status."""
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []

    def running(self) -> Running | None:
        pid, lines = self.pid(), self.pid_file_lines()
        is_ready = len(lines) > 7 and lines[7].strip() == "ready"
        if pid is None or not is_ready or not processes.is_running(pid, self.mark()):
            return None
        return Running(pid=pid, port=int(lines[3]))

    def url(self, server: Running, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://nexus:{quote(self.state.secret('postgres'))}@127.0.0.1:{server.port}/{database}"

    def start(self) -> Running:
        folder = self.usable_folder()
        self.state.make_for_servers(self.folder)
        if not self.cluster.exists():
            self.initialise(folder)
        self.check_version(folder)
        self.stop()  # one whose front door was killed while it started
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)  # its pid may be another process's by now
        for _ in range(TRIES):
            process = self.launch([folder / "postgres", "-D", self.cluster, *self.options()])
            running = self.wait_for(process, limit_s=120)
            if running:
                return running
            if not any(words in self.log.read_text(errors="replace") for words in TEMPORARY):
                break
            processes.wait_until(lambda: False, limit_s=0.25)
        raise self.refused(self.last_words())

    def usable_folder(self) -> Path:
        """Return the folder of programs that the server's user may run."""
        folder = engines.postgres_folder()
        if folder is None:
            raise self.missing()
        package = folder.parents[1]  # its shared libraries lie beside it
        libraries = package.with_name(f"{package.name}.libs")
        return engines.usable(
            folder / "postgres", self.state, package, *[libraries] * libraries.is_dir()
        ).parent

    def initialise(self, folder: Path) -> None:
        """Make a data directory: same collation everywhere, password from the first moment."""
        unfinished = self.folder / "cluster.new"
        rmtree(unfinished, ignore_errors=True)
        options = [*["--no-sync"] * self.state.is_ephemeral, *locale(folder)]
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as password:
            password.write(self.state.secret("postgres"))
            password.flush()
            self.state.give_to_servers(Path(password.name))
            where = [str(folder / "initdb"), "-D", str(unfinished), f"--pwfile={password.name}"]
            code = self.run([*where, "-U", "nexus", "-E", "UTF8", "-A", "scram-sha-256", *options])
        if code:
            raise ServiceError(f"PostgreSQL's initdb failed in {self.folder}:\n  {self.last_words()}")
        unfinished.rename(self.cluster)

    def check_version(self, folder: Path) -> None:
        """Refuse a data directory of another major version: PostgreSQL would, less clearly."""
        try:
            made_by = int((self.cluster / "PG_VERSION").read_text())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            raise self.refused(
                f"{self.cluster}/PG_VERSION is missing or unreadable: the data directory is damaged"
            ) from None
        ours = engines.postgres_major(folder)
        if made_by != ours:
            raise self.refused(f"they were made by PostgreSQL {made_by}, this is {ours}")

    def options(self) -> list[str]:
        """Return the settings that differ from PostgreSQL's own."""
        settings = {
            "port": self.usual_or_free_port(),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 200,
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if self.state.is_ephemeral:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def locale(folder: Path) -> list[str]:
    """Return initdb's arguments for code-point order and Unicode letters, as compose sets them."""
    if engines.postgres_major(folder) >= BUILTIN_LOCALE_SINCE:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]
