"""A lab's playground as a server of ours: on the student's part or on ours, and proven to be."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from nexus import ports, processes
from nexus.labs.manifest import Lab
from nexus.services import CHECKOUT, Session

READY_S = 75  # the first start fills 60,000 rows, which a busy machine may take a minute over
PATIENCE_S = 3
WITH_PART = [*processes.PYTHON_MODULE, "nexus.labs.with_part"]


def lab_environment(lab: Lab, services: Session, part: Path) -> dict[str, str]:
    """Return the environment of a lab's programs, with the folder that holds ``part`` first on the import path."""
    own = {
        "DATABASE_URL": services.database(lab.id),
        "DJANGO_SETTINGS_MODULE": f"{lab.id}_playground.settings",
        "PYTHONDONTWRITEBYTECODE": "1",  # an edit within the second of the last one must not meet its bytecode
        "PYTHONUNBUFFERED": "1",
    }
    return with_part_first({**os.environ, **services.environment, **own}, part)


def with_part_first(environment: Mapping[str, str], part: Path) -> dict[str, str]:
    """Return an environment in which this part is found before any other."""
    path = [str(part.parent), *filter(None, [environment.get("PYTHONPATH")])]
    return {**environment, "PYTHONPATH": os.pathsep.join(path)}


class Playground:
    """The playground of one lab on one part, on a port of 127.0.0.1. Its output goes to ``log``."""

    def __init__(self, lab: Lab, part: Path, port: int, log: Path, services: Session) -> None:
        self.lab = lab
        self.part = part
        self.port = port
        self.log = log
        self.services = services
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return where it serves."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> bool:
        """Start the server and wait until it listens; False where it does not, its reason in the log."""
        self.stop()
        command = [
            *WITH_PART,
            self.lab.package,
            str(self.part),
            f"{self.lab.id}_playground",
            "--port",
            str(self.port),
        ]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                env=lab_environment(self.lab, self.services, self.part),
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.services.guard.tell("watch", self.process.pid)
        if processes.wait_until(lambda: not self.is_running() or self.is_listening(), READY_S):
            return self.is_running()
        self.stop()
        with self.log.open("a") as output:
            output.write(f"the playground was ended: it did not listen within {READY_S} s\n")
        return False

    def is_listening(self) -> bool:
        """Tell whether our server listens on the port, and not somebody who was faster."""
        if self.process is None or not ports.is_listening(self.port):
            return False
        holder = ports.holder_pid(self.port)
        return holder is None or os.getpgid(holder) == self.process.pid

    def is_running(self) -> bool:
        """Tell whether the server lives."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """End the server and all it started."""
        if self.process is not None:
            processes.end_group(self.process.pid, PATIENCE_S)
            self.process.wait()
            self.services.guard.tell("forget", self.process.pid)
            self.process = None


def new_text(log: Path, since: int) -> str:
    """Return what a log has gained since it had this many bytes."""
    with log.open("rb") as file:
        file.seek(since)
        return file.read().decode(errors="replace")
