"""Real servers in folders of their own, below /var/tmp: root's servers run as nobody, who cannot enter pytest's."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nexus.labs import progress
from nexus.labs.manifest import lab_named
from nexus.labs.workcopy import WorkCopy
from nexus.processes import wait_until
from nexus.services.postgres import Postgres
from nexus.services.state import State
from nexus.services.valkey import Valkey

CHECKOUT = Path(__file__).resolve().parents[2]
NEXUS = [sys.executable, "-P", "-m", "nexus"]
SERVICE_VARIABLES = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "RABBITMQ_URL")
CLIENT = """
import json, sys
from pathlib import Path
from nexus.processes import stop_on_signals
from nexus.services import State, session
stop_on_signals()
with session(State(Path(sys.argv[1]), Path(sys.argv[2]), is_ephemeral=sys.argv[3] == "True")) as services:
    print(json.dumps({"guard": services.guard.process.pid, **services.environment}), flush=True)
    sys.stdin.read()
"""


class Client:
    """A front door in a process of its own, that may be killed."""

    def __init__(self, state: State) -> None:
        arguments = [str(state.folder), str(state.engines), str(state.is_ephemeral)]
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", CLIENT, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def environment(self) -> dict[str, str]:
        """Wait until the services are up; return what the client was given."""
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return json.loads(line)

    def leave(self) -> str:
        """Let the client end its session; return what it complained of."""
        _, complaints = self.process.communicate(timeout=60)
        return complaints

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)


@pytest.fixture(autouse=True)
def no_services_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in SERVICE_VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A folder whose name has a blank in it, and which everybody may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="nexus tests ", dir="/var/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def state(own_folder: Path) -> Iterator[State]:
    """A state that nobody used before."""
    state = State(own_folder / "state", engines=own_folder / "engines")
    yield state
    for server in (Postgres(state), Valkey(state)):
        server.stop()


@pytest.fixture
def client() -> Iterator[Callable[[State], Client]]:
    """Return a function that starts a client; all of them are gone afterwards."""
    clients: list[Client] = []

    def start(state: State) -> Client:
        clients.append(Client(state))
        return clients[-1]

    yield start
    for one in clients:
        if one.process.poll() is None:
            one.kill()
        for pipe in (one.process.stdin, one.process.stdout, one.process.stderr):
            pipe.close()


@pytest.fixture
def processes_of() -> Callable[[Path], list[str]]:
    """Return a function from a folder to the command lines of all processes that name it."""

    def find(folder: Path) -> list[str]:
        answer = subprocess.run(
            ["ps", "-A", "-ww", "-o", "pid=,command="], capture_output=True, text=True, check=True
        )
        return [
            line
            for line in answer.stdout.splitlines()
            if str(folder) in line and int(line.split()[0]) != os.getpid()
        ]

    return find


@pytest.fixture
def nothing_is_left(processes_of: Callable[[Path], list[str]]) -> Callable[[Path], None]:
    """Return a function that fails unless every process that names a folder ends within half a minute."""

    def check(folder: Path) -> None:
        wait_until(lambda: not processes_of(folder), limit_s=30)
        assert processes_of(folder) == []

    return check


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder for a student's state and work folder, used by a whole file of tests; its playground is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="nexus tests ", dir="/var/tmp"))
    folder.chmod(0o711)
    yield folder
    subprocess.run([*NEXUS, "lab", "stop"], env=environment_in(folder), check=True)
    shutil.rmtree(folder)


def environment_in(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in SERVICE_VARIABLES}
    return kept | {"NEXUS_STATE_DIR": str(home / "state"), "NEXUS_WORK_DIR": str(home / "work")}


@pytest.fixture
def students_environment(home: Path) -> dict[str, str]:
    """The environment of whoever works in that folder."""
    return environment_in(home)


@pytest.fixture
def nexus_lab(students_environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs `./nexus lab …` there; ``but`` changes the environment."""

    def run(*words: str, **but: str) -> subprocess.CompletedProcess[str]:
        environment = students_environment | but
        return subprocess.run(
            [*NEXUS, "lab", *words], env=environment, capture_output=True, text=True, timeout=150, check=False
        )

    return run


@pytest.fixture
def work(home: Path, monkeypatch: pytest.MonkeyPatch) -> WorkCopy:
    """A student's copy of the rest lab as at the start; `check` serves it where nobody does yet."""
    monkeypatch.setenv("NEXUS_WORK_DIR", str(home / "work"))
    work = WorkCopy(lab_named("rest"))
    work.begin_anew(None) if work.exists() else work.make(None)
    progress.forget(work.lab, None)
    return work


# --- the root script and the installation, on a small checkout whose one locked wheel stands in for uv

REACHED = 'import sys\nprint("front door passed", sys.argv[1:])\nsys.exit(7)\n'
INSTALLER = """
import os, sys, time
from pathlib import Path
with open(os.environ["INSTALLER_LOG"], "a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
while Path(os.environ["INSTALLER_LOG"] + ".hang").exists():
    time.sleep(0.05)
if Path(os.environ["INSTALLER_LOG"] + ".refuse").exists():
    sys.exit("this index is for pip only")
"""


def write_wheel(folder: Path) -> str:
    """Write a wheel named uv and return its line for a lock file."""
    wheel = folder / "uv-1.0-py3-none-any.whl"
    files = {
        "uv/__init__.py": "",
        "uv/__main__.py": INSTALLER,
        "uv-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: uv\nVersion: 1.0\n",
        "uv-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr("uv-1.0.dist-info/RECORD", "".join(f"{name},,\n" for name in files))
    return f"uv==1.0 \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


class Door:
    """A checkout with a front door, and the environment in which it is opened."""

    def __init__(self, folder: Path, index: Path) -> None:
        self.checkout = folder / "check out"
        self.log = index / "installer.log"
        self.first_answer = (0, "", "")
        (self.checkout / "tools/nexus").mkdir(parents=True)
        (self.checkout / "requirements").mkdir()
        shutil.copy(CHECKOUT / "nexus", self.checkout)
        shutil.copy(CHECKOUT / "tools/nexus/bootstrap.py", self.checkout / "tools/nexus")
        (self.checkout / "tools/nexus/__init__.py").touch()
        (self.checkout / "tools/nexus/__main__.py").write_text(REACHED)
        (self.checkout / "tools/nexus/lock.py").write_text(REACHED.replace("front door", "lock"))
        (self.checkout / "requirements/dev.txt").write_text(write_wheel(index))
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
        self.environment = clean | {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(index),
            "PIP_CONFIG_FILE": os.devnull,
            "INSTALLER_LOG": str(self.log),
        }

    def start(self, *arguments: str, **options: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(self.checkout / "nexus"), *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )

    def open(self, *arguments: str, **options: object) -> tuple[int, str, str]:
        with self.start(*arguments, **options) as process:
            printed, complaints = process.communicate(timeout=100)
        return process.returncode, printed, complaints

    def installations(self) -> int:
        """How often the installer ran."""
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    def order(self, word: str) -> Path:
        """Tell the installer to hang or to refuse; remove the file to take it back."""
        path = self.log.with_name(f"{self.log.name}.{word}")
        path.touch()
        return path


@pytest.fixture
def door(own_folder: Path, tmp_path: Path) -> Door:
    return Door(own_folder, index=tmp_path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Door:
    """A door that was opened before, shared because each installation takes seconds."""
    door = Door(tmp_path_factory.mktemp("installed"), index=tmp_path_factory.mktemp("index"))
    door.first_answer = door.open("manage", "two words", "--flag")
    return door


@pytest.fixture
def hanging(door: Door) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Return a function that starts an installation which hangs; what is left of it is ended afterwards."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        before = door.installations()
        started.append(door.start())
        assert wait_until(lambda: door.installations() > before, limit_s=60)
        return started[-1]

    yield start
    for process in started:
        with process:
            subprocess.run(["pkill", "-9", "-s", str(process.pid)], check=False)
