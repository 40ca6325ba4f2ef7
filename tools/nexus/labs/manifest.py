"""A lab's manifest, ``lab.toml``: what it must say, read with messages that name file and line."""

import re
import tomllib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StringConstraints, ValidationError

from nexus.errors import NexusError, UnknownWord
from nexus.labs.regions import Region, RegionError, regions_of
from nexus.services import CHECKOUT

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
Sentence = Annotated[str, StringConstraints(min_length=15, pattern=r"[.?!]$")]
Text = Annotated[str, StringConstraints(min_length=3)]
Three = Field(min_length=3, max_length=3)
AtLeastOne = Field(min_length=1)
COUNTS = {"hints": "3 hints are needed: a nudge, a pointer, nearly the solution"}


class Facts(BaseModel):
    """A table of the manifest: every key is known, and of its type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Minutes(Facts):
    """How long a lab takes, and how we know."""

    value: PositiveInt
    kind: Literal["estimate", "measured"]


class Step(Facts):
    """One task: the regions a student writes, the checks that must pass, three hints, and why it matters."""

    id: Slug
    title: Text
    regions: Annotated[list[Slug], AtLeastOne]
    checks: Annotated[list[str], AtLeastOne]
    hints: Annotated[list[Text], Three]
    why: Sentence
    concept: Annotated[str, StringConstraints(pattern=r"^[a-z-]+\.md(#[a-z0-9-]+)?$")]


class Lab(Facts):
    """A lab as its manifest describes it. ``folder`` is where the manifest lies."""

    folder: Path
    id: Slug
    title: Text
    question: Sentence
    concepts: Annotated[list[Slug], AtLeastOne]
    capstone: Annotated[list[str], AtLeastOne]
    prerequisites: list[Slug]
    minutes: Minutes
    outcomes: Annotated[list[Sentence], AtLeastOne]
    out_of_scope: list[Text]
    services: list[Literal["postgres", "valkey", "rabbitmq"]]
    promises: list[str] = []
    checks_ask: Literal["site", "part"] = "site"  # the part: by its functions, where no server needs to run
    steps: Annotated[list[Step], AtLeastOne, Field(alias="step")]

    @property
    def part(self) -> Path:
        """Return the folder of the part."""
        return self.folder / "src" / self.package

    @property
    def package(self) -> str:
        """Return the part's name on the import path."""
        return f"lab_{self.id}"

    @cached_property  # every file of the part is read for it
    def regions(self) -> dict[str, Region]:
        """Return the regions of the part that are tasks, those of other uses left out."""
        wanted = {name for step in self.steps for name in step.regions}
        return {name: region for name, region in regions_of(self.part).items() if name in wanted}

    def step(self, name: str) -> Step:
        """Return the step of this name. Raises ``UnknownWord``."""
        known = {step.id: step for step in self.steps}
        if name not in known:
            raise UnknownWord(f"step of the lab {self.id}", name, list(known))
        return known[name]

    def before(self, name: str) -> list[Step]:
        """Return the steps before the one of this name."""
        return self.steps[: self.steps.index(self.step(name))]


class ManifestError(NexusError):
    """A manifest that cannot be used: each line names file, line and what to do."""


def labs() -> list[Lab]:
    """Return every lab, those first that others ask for. Raises ``ManifestError``."""
    found = [read_lab(file) for file in sorted((CHECKOUT / "labs").glob("*/lab.toml"))]
    known = {lab.id for lab in found}
    for lab in found:
        for name in set(lab.prerequisites) - known:
            raise ManifestError(at(lab.folder / "lab.toml", ["prerequisites"], f"there is no lab {name!r}"))
    return in_order(found)


def in_order(found: Sequence[Lab]) -> list[Lab]:
    """Return the labs so that each comes after its prerequisites."""
    ordered: list[Lab] = []
    while len(ordered) < len(found):
        have = {lab.id for lab in ordered}
        ready = [lab for lab in found if lab.id not in have and have.issuperset(lab.prerequisites)]
        if not ready:
            rest = ", ".join(sorted({lab.id for lab in found} - have))
            raise ManifestError(f"labs that ask for each other: {rest}. Take one of their prerequisites out.")
        ordered += ready
    return ordered


def lab_named(name: str) -> Lab:
    """Return the lab of this name. Raises ``UnknownWord`` with a suggestion."""
    known = {lab.id: lab for lab in labs()}
    if name not in known:
        raise UnknownWord("lab", name, list(known))
    return known[name]


def read_lab(file: Path) -> Lab:
    """Return one lab from its manifest. Raises ``ManifestError``."""
    text = file.read_text()
    try:
        facts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise ManifestError(f"{shown(file)}:{line[1] if line else 1}: not TOML: {error}") from None
    try:
        lab = Lab.model_validate({**facts, "folder": file.parent})
    except ValidationError as error:
        faults = [at(file, fault["loc"], sentence(fault, facts)) for fault in error.errors()]
        raise ManifestError("\n".join(faults)) from None
    if faults := region_faults(lab):
        raise ManifestError("\n".join(faults))
    return lab


def region_faults(lab: Lab) -> list[str]:
    """Name every region that the part lacks, or that belongs to two steps."""
    file, faults, owners = lab.folder / "lab.toml", [], dict[str, str]()
    try:
        known = regions_of(lab.part)
    except RegionError as error:
        return [str(error)]
    for number, step in enumerate(lab.steps):
        for name in step.regions:
            place: list[str | int] = ["step", number, "regions"]
            if name not in known:
                faults.append(
                    at(
                        file,
                        place,
                        f"{shown(lab.part)} has no region {name!r}. There are: {', '.join(known)}",
                    )
                )
            elif name in owners:
                faults.append(at(file, place, f"the region {name!r} is the task of {owners[name]!r} already"))
            owners[name] = step.id
    return faults


def sentence(fault: Any, facts: dict[str, Any]) -> str:
    """Return what is wrong at a place of the manifest, and what would be right."""
    *above, key = fault["loc"]
    kind, message, is_step = fault["type"], fault["msg"], above[:1] == ["step"]
    inside = f"step {facts['step'][above[1]].get('id', above[1] + 1)!r}: " if is_step else ""
    if kind == "extra_forbidden":
        fields = (Step if is_step else Lab).model_fields.items()
        names = sorted({field.alias or name for name, field in fields} - {"folder"})
        return f"{inside}unknown key {key!r}. Known: {', '.join(names)}"
    if kind == "missing":
        return f"{inside}the key {key!r} is missing"
    if kind in {"too_short", "too_long"}:
        asked = COUNTS.get(str(key), f"{key}: {message}")
        return f"{inside}{asked}; there are {fault['ctx']['actual_length']}"
    path = [*above, key][2 * is_step :]
    return f"{inside}{'.'.join(map(str, path))}: {message}"


def at(file: Path, place: Sequence[str | int], message: str) -> str:
    """Return a message under the file and line of a manifest's key."""
    return f"{shown(file)}:{line_of(file.read_text(), place)}: {message}"


def line_of(text: str, place: Sequence[str | int]) -> int:
    """Return the line of a key, or of its table's heading where the key is missing; ``("step", 3, "hints")`` is the fourth step's."""
    lines = text.splitlines()
    heads = [number for number, line in enumerate(lines) if line.strip() == "[[step]]"] + [len(lines)]
    first, last, key = 0, heads[0], place[0]
    if place[0] == "step" and len(place) > 1:
        number = int(place[1])
        first, last, key = heads[number], heads[number + 1], place[2] if len(place) > 2 else ""
    pattern = re.compile(rf"\s*{re.escape(str(key))}\s*=")
    return next((number for number in range(first, last) if pattern.match(lines[number])), first) + 1


def shown(path: Path) -> Path:
    """Return a path as a person reads it: from the checkout, where it lies in it."""
    return path.relative_to(CHECKOUT) if path.is_relative_to(CHECKOUT) else path
