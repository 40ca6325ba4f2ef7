"""What a platform does to every program: gives a port, replaces the disk, starts several at once. Two programs meet it."""

import os
import socket
import sys
import tempfile
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Barrier, Thread

import psycopg
import stage

INSTANCES, UPLOADS = 3, 9


# --- the program, twice ------------------------------------------------------------------------------------------


class Uploads(stage.Answers):
    """Keeps what is sent, as a file."""

    folder = Path()

    def answer(self, method: str, path: str) -> tuple[int, str]:
        """Keep a file, or say whether it is there."""
        file = self.folder / path.strip("/")
        if method == "POST":
            file.write_text("sound")
        return (200 if file.exists() else 404), ""


# --8<-- [start:programs]
def believing(own_disk: str) -> None:
    """Listen where it always has, keep files beside the code, and have a secret in case that nobody gives one."""
    os.environ.setdefault("SECRET_KEY", "change-me")
    Uploads.folder = Path(own_disk)
    listen(free_port())  # stands for 8000: not the one it was given


def twelve_factor(_own_disk: str) -> None:
    """Take port, store and secret from the environment, and start with all of them or not at all."""
    if not os.environ.get("SECRET_KEY"):
        raise SystemExit("SECRET_KEY is not set")
    Uploads.folder = Path(os.environ["STORE"])
    listen(int(os.environ["PORT"]))


# --8<-- [end:programs]
PROGRAMS = {"believing": believing, "twelve-factor": twelve_factor}


def listen(port: int) -> None:
    """Serve at a port."""
    with stage.Server(("127.0.0.1", port), Uploads) as server:
        stage.say(str(port))
        sys.stdout.flush()
        server.serve_forever()


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


# --- the platform -------------------------------------------------------------------------------------------------


class Platform:
    """Starts instances, each with a port and an empty disk; knows a store that lasts."""

    def __init__(self, program: str, folder: str) -> None:
        self.program, self.folder, self.store = program, folder, tempfile.mkdtemp(dir=folder)
        self.running: list[tuple[Popen[str], int, int]] = []

    def start(self, **variables: str) -> bool:
        """Start one instance, remember the port that it was given and where it listens; say whether it started."""
        given = free_port()
        environment = {**os.environ, "PORT": str(given), "STORE": self.store, **variables}
        process = Popen(
            [sys.executable, sys.argv[0], self.program, tempfile.mkdtemp(dir=self.folder)],
            env=environment, stdout=PIPE, stderr=DEVNULL, text=True,
        )  # fmt: skip
        line = process.stdout.readline()
        if line:
            self.running.append((process, given, int(line)))
        else:
            process.communicate()
        return bool(line)

    def stop(self) -> None:
        """End every instance."""
        for process, *_ in self.running:
            process.kill()
            process.communicate()
        self.running = []

    def release(self) -> None:
        """Replace every instance."""
        self.stop()
        for _ in range(INSTANCES):
            self.start(SECRET_KEY="x" * 50)

    def found(self, shift: int) -> int:
        """Ask for each upload, at the instance that took it or at another one; return how many are there."""
        ports = [port for _, _, port in self.running]
        return sum(
            status("GET", ports[(number + shift) % INSTANCES], f"/{number}") == 200
            for number in range(UPLOADS)
        )


def status(method: str, port: int, path: str) -> int:
    """Return the status of an answer, 0 where there is none."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def treated(program: str, folder: str) -> list[int]:
    """Do to a program what a platform does; return what is left of it."""
    platform = Platform(program, folder)
    platform.release()
    at_given = sum(status("GET", given, "/none") == 404 for _, given, _ in platform.running)
    for number in range(UPLOADS):
        status("POST", platform.running[number % INSTANCES][2], f"/{number}")
    elsewhere = platform.found(shift=1)
    platform.release()
    after = platform.found(shift=0)
    starts = platform.start(SECRET_KEY="")
    platform.stop()
    return [at_given, elsewhere, after, int(starts)]


# --- migrations ---------------------------------------------------------------------------------------------------


# --8<-- [start:migrate]
def migrate(database: psycopg.Connection, meet: Callable[[], object]) -> None:
    """Make what is missing, as migrations do: look, then make."""
    missing = database.execute("SELECT to_regclass('chapters') IS NULL").fetchone()[0]
    meet()  # here is where the others look, too
    if missing:
        database.execute("CREATE TABLE chapters (id int)")


def migrate_in_turn(database: psycopg.Connection, _meet: Callable[[], object]) -> None:
    """Wait for whoever is at it, then look."""
    database.execute("SELECT pg_advisory_xact_lock(42)")
    migrate(database, lambda: None)


# --8<-- [end:migrate]


def failed_starts(migration: Callable[..., None], instances: int) -> int:
    """Let so many instances migrate as they start, at the same moment; return how many fail."""
    failed: list[str] = []
    barrier = Barrier(instances)

    def begin() -> None:
        try:
            with psycopg.connect(os.environ["DATABASE_URL"]) as database:
                migration(database, barrier.wait)
        except psycopg.Error as error:
            failed.append(str(error.sqlstate))

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("DROP TABLE IF EXISTS chapters")
    threads = [Thread(target=begin) for _ in range(instances)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(failed)


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as folder:
        columns = [treated(program, folder) for program in PROGRAMS]
    rows = [
        f"answer at the given port, of {INSTANCES}",
        f"uploads another one finds, of {UPLOADS}",
        f"uploads after a release, of {UPLOADS}",
        "starts without its secret",
    ]
    stage.table(
        ["a platform and a program", *PROGRAMS],
        [(row, *(column[number] for column in columns)) for number, row in enumerate(rows)],
    )
    ways = {
        "in the start command": failed_starts(migrate, INSTANCES),
        "and a lock": failed_starts(migrate_in_turn, INSTANCES),
        "once, before": failed_starts(migrate, 1),
    }
    stage.table(["a release migrates", *ways], [(f"fail to start, of {INSTANCES}", *ways.values())])


if sys.argv[1:]:
    PROGRAMS[sys.argv[1]](sys.argv[2])
else:
    main()
