"""What a student has done so far, in ``work/progress.json``. Nothing of it is sent anywhere."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from nexus.errors import NexusError
from nexus.labs.manifest import Lab, shown
from nexus.labs.workcopy import work_folder


def progress_file() -> Path:
    """Return where progress is kept."""
    return work_folder() / "progress.json"


def read_progress() -> dict[str, Any]:
    """Return every lab's progress: {lab: {"solved_until": step or None, "steps": {step: {"passed", "hints", "gave_up"}}}}."""
    file = progress_file()
    try:
        progress: dict[str, Any] = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise NexusError(
            f"{shown(file)} is not JSON any more ({error}). Delete it: it holds the dates and hint counts alone, "
            "and ./nexus lab check finds out again what passes."
        ) from None
    return progress


@contextmanager
def changing(lab: Lab) -> Iterator[dict[str, Any]]:
    """Yield one lab's progress to be changed, and write it. Of two changes at once, one waits."""
    work_folder().mkdir(parents=True, exist_ok=True)
    with (work_folder() / ".progress.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        progress = read_progress()
        yield progress.setdefault(lab.id, {"solved_until": None, "steps": {}})
        half_written = progress_file().with_suffix(".new")
        half_written.write_text(json.dumps(progress, indent=1) + "\n")
        half_written.replace(progress_file())


def forget(lab: Lab, solved_until: str | None) -> None:
    """Begin a lab's progress anew."""
    with changing(lab) as own:
        own |= {"solved_until": solved_until, "steps": {}}


def forget_step(lab: Lab, step: str) -> None:
    """Take a step's pass back; how many hints it took stays."""
    with changing(lab) as own:
        own["steps"].get(step, {}).pop("passed", None)


def note_states(lab: Lab, states: dict[str, bool]) -> None:
    """Note which steps pass now ({step: whether}), with the time where they did not before."""
    with changing(lab) as own:
        for step, passes in states.items():
            facts = own["steps"].setdefault(step, {})
            if passes:
                facts.setdefault("passed", datetime.now().astimezone().isoformat(timespec="seconds"))
            else:
                facts.pop("passed", None)


def one_more_hint(lab: Lab, step: str, of: int) -> int:
    """Count one more hint, up to ``of``; return how many the student has seen now."""
    with changing(lab) as own:
        facts = own["steps"].setdefault(step, {})
        facts["hints"] = min(facts.get("hints", 0) + 1, of)
        return int(facts["hints"])


def gave_up(lab: Lab, step: str) -> None:
    """Note that the student looked at the solution before passing."""
    with changing(lab) as own:
        own["steps"].setdefault(step, {})["gave_up"] = True


def steps_of(lab: Lab) -> dict[str, dict[str, Any]]:
    """Return what is known of a lab's steps."""
    steps: dict[str, dict[str, Any]] = read_progress().get(lab.id, {}).get("steps", {})
    return steps


def solved_until_of(lab: Lab) -> str | None:
    """Return the step up to which the copy was made solved; None where it was not."""
    step: str | None = read_progress().get(lab.id, {}).get("solved_until")
    return step
