"""Django's commands with the services up, and forgetting what the services keep."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from nexus.environment import MANAGE, capstone_environment
from nexus.errors import NexusError
from nexus.processes import run_in_foreground
from nexus.services import checkout_state, session
from nexus.services.session import is_in_use, leave, test_runs
from nexus.services.state import remove


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
            "something of this checkout is running (./nexus up, or a playground that ./nexus lab stop ends): stop it first."
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


def free_mb(folder: Path) -> int:
    """Return how much room is left."""
    return shutil.disk_usage(folder).free // 2**20
