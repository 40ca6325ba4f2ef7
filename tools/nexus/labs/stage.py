"""A lab's own programs in the foreground: the table of costs, and the playground's server."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from nexus import ports
from nexus.errors import NexusError
from nexus.labs.manifest import Lab
from nexus.labs.playground import WITH_PART, lab_environment
from nexus.labs.workcopy import WorkCopy
from nexus.processes import run_in_foreground
from nexus.services import checkout_state, session


def show(lab: Lab, *, mine: bool) -> int:
    """Run a lab's steps and print what each costs."""
    return run(lab, part_of(lab, mine=mine), [f"{lab.id}_playground.show"])


def serve(lab: Lab, port: int, *, mine: bool) -> int:
    """Serve a lab's playground until Ctrl-C. Raises ``NexusError`` where the port is taken."""
    if not ports.is_free(port):
        raise NexusError(f"--port {port}: taken by {ports.holder(port)}. Choose another.")
    return run(lab, part_of(lab, mine=mine), [f"{lab.id}_playground", "--port", str(port)])


def notebook(lab: Lab, port: int | None) -> int:
    """Serve the student's copy of a lab's notebook until Ctrl-C, on their part where they have begun one."""
    module = import_module("nexus.labs.notebook")  # half a second that no other command needs
    work, original = WorkCopy(lab), lab.folder / module.NAME
    if not original.exists():
        raise NexusError(f"the lab {lab.id} has no notebook.")
    with session(checkout_state()) as services:
        environment = lab_environment(lab, services, part_of(lab, mine=work.exists()))
        command, own = module.open_notebook(original, work.folder, environment, services.state, port=port)
        return run_in_foreground(command, own, services.guard.tell)


def part_of(lab: Lab, *, mine: bool) -> Path:
    """Return the folder of the part to run on."""
    return WorkCopy(lab).existing().part if mine else lab.part


def run(lab: Lab, part: Path, module_and_arguments: Sequence[str]) -> int:
    """Run a module of a lab on this part and return its exit code."""
    with session(checkout_state()) as services:
        environment = lab_environment(lab, services, part)
        command = [*WITH_PART, lab.package, str(part), *module_and_arguments]
        return run_in_foreground(command, environment, services.guard.tell)
