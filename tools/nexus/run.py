"""Single programs of ours with the services up: Django's commands and the labs."""

import os
import shutil
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nexus.environment import MANAGE, capstone_environment
from nexus.errors import NexusError, UnknownWord
from nexus.processes import run_in_foreground
from nexus.services import CHECKOUT, checkout_state, session
from nexus.services.session import is_in_use, leave, test_runs
from nexus.services.state import remove

PYTHON_MODULE = [sys.executable, "-P", "-m"]


def manage(arguments: Sequence[str]) -> int:
    """Run `manage.py` and return its exit code."""
    with session(checkout_state()) as services:
        return run_in_foreground([*MANAGE, *arguments], capstone_environment(services), services.guard.tell)


def reset(*, confirmed: bool) -> None:
    """Delete the services' data. Raises ``NexusError`` while somebody uses it, or where nobody agreed."""
    state = checkout_state()
    if not state.folder.exists():
        print(f"Nothing to reset: {state.folder} does not exist.")
        return
    if any(is_in_use(one) for one in (state, *test_runs(state))):
        raise NexusError(
            "something of this checkout is running (./nexus up, or another command): stop it first."
        )
    if not confirmed and not agreed(
        f"Delete {state.folder} with the database, queues, audio and passwords in it? [y/N] "
    ):
        raise NexusError("nothing was deleted.")
    leave(state)  # servers whose front door and guard were both killed
    remove(state.folder)
    print(f"Deleted {state.folder}. The next ./nexus up begins anew.")


def agreed(question: str) -> bool:
    """Ask; only a y counts."""
    if not sys.stdin.isatty():
        raise NexusError("reset asks first, and there is nobody to ask: give --yes.")
    return input(question).strip().lower() in {"y", "yes"}


@dataclass(frozen=True)
class Lab:
    """One folder of labs/, as its lab.toml describes it."""

    id: str
    title: str
    question: str
    minutes: int
    folder: Path


def labs() -> list[Lab]:
    """Return every lab. Raises ``NexusError`` where a lab.toml lacks something."""
    return [read_lab(file) for file in sorted((CHECKOUT / "labs").glob("*/lab.toml"))]


def read_lab(file: Path) -> Lab:
    """Return one lab from its manifest."""
    try:
        facts = tomllib.loads(file.read_text())
        return Lab(facts["id"], facts["title"], facts["question"], facts["minutes"]["value"], file.parent)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise NexusError(f"{file.relative_to(CHECKOUT)} is not a complete lab manifest: {error}") from None


def lab_named(name: str) -> Lab:
    """Return the lab of this name. Raises ``NexusError`` that suggests one."""
    known = {lab.id: lab for lab in labs()}
    if name not in known:
        raise UnknownWord("lab", name, list(known))
    return known[name]


def lab_show(name: str) -> int:
    """Run a lab's steps and print what each costs."""
    lab = lab_named(name)
    return run_in_lab(lab, [f"{lab.id}_playground.show"])


def lab_serve(name: str, port: int) -> int:
    """Serve a lab's playground."""
    lab = lab_named(name)
    return run_in_lab(lab, [f"{lab.id}_playground", "--port", str(port)])


def run_in_lab(lab: Lab, module_and_arguments: Sequence[str]) -> int:
    """Run a module of a lab on a database of its own."""
    with session(checkout_state()) as services:
        own = {
            "DATABASE_URL": services.database(lab.id),
            "DJANGO_SETTINGS_MODULE": f"{lab.id}_playground.settings",
        }
        environment = {**os.environ, **services.environment, **own}
        return run_in_foreground([*PYTHON_MODULE, *module_and_arguments], environment, services.guard.tell)


def free_mb(folder: Path) -> int:
    """Return how much room is left."""
    return shutil.disk_usage(folder).free // 2**20
