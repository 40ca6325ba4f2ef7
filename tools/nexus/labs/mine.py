"""Whose part each lab's is, where the capstone runs on a student's own: theirs once every step of the lab passes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nexus.errors import NexusError
from nexus.labs.manifest import Lab, shown
from nexus.labs.playground import with_part_first
from nexus.labs.workcopy import WorkCopy, work_folder


@dataclass(frozen=True)
class Parts:
    """The parts that are the student's, and of each other lab why its part is ours."""

    yours: Sequence[WorkCopy]
    ours: Mapping[str, str]

    def environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """Return an environment in which the student's parts are found before any other, and the capstone proves it."""
        mine = ",".join(copy.lab.id for copy in self.yours)
        environment = {**inherited, "NEXUS_MINE": mine, "NEXUS_WORK_DIR": str(work_folder())}
        for copy in reversed(self.yours):
            environment = with_part_first(environment, copy.part)
        return environment

    def sentence(self) -> str:
        """Return whose each part is, in one line."""
        yours = [f"{copy.lab.id} is yours ({shown(copy.folder)})" for copy in self.yours]
        return " · ".join([*yours, *(f"{lab} is ours: {why}" for lab, why in self.ours.items())])


FindParts = Callable[[], Parts]
Passes = Callable[[str], tuple[int, int]]  # of a lab: how many of its steps pass, and how many there are


def students_parts(labs: Sequence[Lab], passes: Passes) -> Parts:
    """
    Find out and print whose part each lab's is.

    Raises ``NexusError`` where none is the student's: to run on our parts alone would be a lie.
    """
    copies = [WorkCopy(lab) for lab in labs]
    begun = [copy.lab.id for copy in copies if copy.exists()]
    if not begun:
        raise NexusError(
            f"{shown(work_folder())} holds no part of yours: begin with ./nexus lab start {labs[0].id}"
        )
    ours = {copy.lab.id: why for copy in copies if (why := why_ours(copy, passes))}
    if len(ours) == len(copies):
        first = begun[0]
        raise NexusError(f"no part is yours yet, and --mine would run on ours alone. {first}: {ours[first]}")
    parts = Parts([copy for copy in copies if copy.lab.id not in ours], ours)
    print(f"nexus: parts: {parts.sentence()}", flush=True)
    return parts


def why_ours(copy: WorkCopy, passes: Passes) -> str:
    """Return why a lab's part is not the student's; "" where it is."""
    name = copy.lab.id
    if not copy.exists():
        return f"begin with ./nexus lab start {name}"
    print(f"nexus: checking {shown(copy.folder)} …", flush=True)
    passed, steps = passes(name)
    return "" if 0 < steps == passed else f"{passed} of {steps} steps pass, see ./nexus lab check {name}"
