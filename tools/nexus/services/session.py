"""
A session: the services are up while it lasts, and the last session to end stops them.

Each session holds a shared lock on `clients`; the kernel drops it however the process ends. Who gets the lock
exclusively is alone, and may stop everything.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import IO

from nexus import processes
from nexus.services import external
from nexus.services.guard import Guard
from nexus.services.postgres import Postgres
from nexus.services.rabbitmq import RabbitMQ
from nexus.services.server import Running, Server
from nexus.services.state import State, checkout_state, remove
from nexus.services.valkey import Valkey


class Session:
    """The services of one state, in use by us."""

    def __init__(self, state: State, guard: Guard) -> None:
        self.state = state
        self.guard = guard
        self.environment: dict[str, str] = {}
        self.origins: dict[str, str] = {}

    def start(self, *, rabbitmq: bool) -> None:
        """Bring up what the environment does not name, and say in ``environment`` where everything is."""
        postgres, valkey, broker = Postgres(self.state), Valkey(self.state), RabbitMQ(self.state)
        if (server := self.server_or_external(postgres)) is not None:
            self.environment["DATABASE_URL"] = postgres.url(server, "postgres")
        if (server := self.server_or_external(valkey)) is not None:
            self.environment |= {
                "REDIS_URL": valkey.url(server, 0),
                "CELERY_BROKER_URL": valkey.url(server, 1),
            }
        if rabbitmq and (server := self.server_or_external(broker)) is not None:
            self.environment["RABBITMQ_URL"] = broker.url(server)
        self.take_from_environment()
        if rabbitmq and not os.environ.get("CELERY_BROKER_URL"):
            self.environment["CELERY_BROKER_URL"] = self.environment["RABBITMQ_URL"]

    def server_or_external(self, server: Server) -> Running | None:
        """Return the server, started where it did not run; None where the environment names another."""
        if os.environ.get(server.variable):
            return None
        running = server.running() or server.start()
        self.origins[server.name] = f"{server.program()}, 127.0.0.1:{running.port}"
        return running

    def take_from_environment(self) -> None:
        """Let addresses in the environment win, each tried once."""
        for variable in external.CHECKS:
            if url := os.environ.get(variable):
                external.check(variable, url)
                self.environment[variable] = url
        self.environment.setdefault("CELERY_BROKER_URL", self.environment["REDIS_URL"])

    def database(self, name: str) -> str:
        """Return the address of a database of our server, made where it is missing; an external one stays as it is."""
        if os.environ.get("DATABASE_URL"):
            return self.environment["DATABASE_URL"]
        psycopg = import_module("psycopg")  # a quarter of a second that --help need not wait for
        create = psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name))
        try:
            with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
                connection.execute(create)
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            pass  # made by an earlier session, or by one beside us
        except psycopg.OperationalError as error:
            raise Postgres(self.state).refused(" ".join(str(error).split())) from None
        return self.environment["DATABASE_URL"].removesuffix("postgres") + name


@contextmanager
def session(state: State, *, rabbitmq: bool = False, hold: Iterable[int] = ()) -> Iterator[Session]:
    """Yield a session; whatever happens, what it started is stopped when the last one leaves."""
    state.make()
    with ExitStack() as stack:
        with state.locked():
            clients = stack.enter_context((state.folder / "clients").open("a"))
            fcntl.flock(clients, fcntl.LOCK_SH)
            guard = Guard(state, hold)
            stack.callback(depart, state, clients, guard)
            current = Session(state, guard)
            current.start(rabbitmq=rabbitmq)
        yield current


def depart(state: State, clients: IO[str], guard: Guard) -> None:
    """End our part of a session, undisturbed by an impatient second Ctrl-C."""
    with processes.undisturbed():
        clients.close()
        leave(state)
        guard.dismiss()


def leave(state: State) -> None:
    """Stop the services unless somebody else uses them; remove what was a test run's."""
    with state.locked():
        if is_in_use(state):
            return
        for server in (RabbitMQ(state), Valkey(state), Postgres(state)):
            server.stop()
        if state.is_ephemeral:
            remove(state.folder)


def is_in_use(state: State) -> bool:
    """Tell whether a session of this state lives."""
    with (state.folder / "clients").open("a") as clients:
        try:
            fcntl.flock(clients, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_runs(home: State) -> list[State]:
    """Return the states of the test runs that are here, in use or left behind."""
    folders = [path.parent for path in (home.folder / "runs").glob("run-*/clients")]
    return [State(folder, engines=home.engines, is_ephemeral=True) for folder in folders]


def remove_stale_runs() -> None:
    """Clear away what test runs left behind whose guard was killed with them."""
    for state in test_runs(checkout_state()):
        if not is_in_use(state):
            leave(state)
