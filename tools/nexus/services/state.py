"""Where services keep their files, who owns them, and the random passwords."""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from nexus.errors import NexusError

CHECKOUT = Path(__file__).resolve().parents[3]


class RunAs(TypedDict, total=False):
    """Arguments of ``subprocess.Popen`` that drop root's rights; empty for everybody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class State:
    """The files of one set of services: the checkout's own, or one test run's."""

    folder: Path
    engines: Path
    is_ephemeral: bool = False
    is_durable: bool = False  # of an ephemeral one: its Valkey writes to disk as the checkout's own does

    @property
    def services(self) -> Path:
        """Where the servers write: theirs alone."""
        return self.folder / "services"

    @property
    def logs(self) -> Path:
        """Where the servers' output goes."""
        return self.folder / "logs"

    @property
    def storage(self) -> Path:
        """Where the capstone keeps audio and covers."""
        return self.folder / "storage"

    def make(self) -> None:
        """Make the folders where they are missing. Raises ``NexusError`` where they are not ours alone."""
        make_folder(self.folder, mode=0o711 if is_root() else 0o700)
        for path in (self.logs, self.storage, self.folder / "secrets"):
            make_folder(path, mode=0o700)
        self.make_for_servers(self.services)

    def make_for_servers(self, path: Path) -> None:
        """Make a folder that belongs to the servers' user."""
        if not path.is_dir():
            path.mkdir(mode=0o700)
            self.give_to_servers(path)

    def give_to_servers(self, path: Path) -> None:
        """Hand a file over to the servers' user."""
        if is_root():
            os.chown(path, servers_user().pw_uid, servers_user().pw_gid, follow_symlinks=False)

    def secret(self, name: str) -> str:
        """Return a random password, made once and kept in a file that only we can read."""
        path = self.folder / "secrets" / name
        if not path.exists():
            half_written = path.with_suffix(".new")
            half_written.unlink(missing_ok=True)
            with os.fdopen(os.open(half_written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            half_written.replace(path)
        return path.read_text()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock under which services are started and stopped."""
        with (self.folder / "mutex").open("a") as mutex:
            fcntl.flock(mutex, fcntl.LOCK_EX)
            yield


def checkout_state() -> State:
    """Return the state of this checkout: `.nexus/`; for root below /var/tmp, because servers run as nobody."""
    chosen = os.environ.get("NEXUS_STATE_DIR")
    if chosen:
        folder = Path(chosen).absolute()
    elif is_root():
        folder = Path("/var/tmp") / f"nexus-{hashlib.sha256(bytes(CHECKOUT)).hexdigest()[:12]}"  # noqa: S108 -- owner checked
    else:
        folder = CHECKOUT / ".nexus"
    return State(folder=folder, engines=folder / "engines")


def new_ephemeral_state(*, is_durable: bool = False) -> State:
    """Return a fresh state of its own for one test run. The session that uses it removes it."""
    home = checkout_state()
    home.make()
    make_folder(runs := home.folder / "runs", mode=0o711 if is_root() else 0o700)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=runs))
    return State(folder=folder, engines=home.engines, is_ephemeral=True, is_durable=is_durable)


def make_folder(path: Path, mode: int) -> None:
    """Make a folder, or check that the one there is a real folder of ours that nobody else can write."""
    try:
        path.mkdir(mode=mode)
        path.chmod(mode)  # whatever the umask
    except FileNotFoundError:
        raise NexusError(f"cannot make {path}: {path.parent} is missing, or takes no folders.") from None
    except FileExistsError:
        facts = path.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o022:
            message = (
                f"{path} is not a folder that you alone own and write; remove it or set NEXUS_STATE_DIR."
            )
            raise NexusError(message) from None
        if stat.S_IMODE(facts.st_mode) != mode:
            path.chmod(mode)


def is_root() -> bool:
    """Tell whether we run as root; PostgreSQL refuses to."""
    return os.geteuid() == 0


def servers_user() -> pwd.struct_passwd:
    """Return the unprivileged user whom root lets the servers run as."""
    return pwd.getpwnam("nobody")


def run_as() -> RunAs:
    """Return how to start a server with no more rights than it needs."""
    if not is_root():
        return {}
    return {"user": servers_user().pw_uid, "group": servers_user().pw_gid, "extra_groups": []}


def remove(folder: Path) -> None:
    """Remove a state folder and all that is in it."""
    shutil.rmtree(folder)
