"""
Marked regions of source files: ``# --8<-- [start:name]`` … ``# --8<-- [end:name]``.

One mark, two uses: a page of the hub includes the region, and a student's copy of the part has a task in its place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nexus.errors import NexusError
from nexus.services import CHECKOUT

MARK = re.compile(r"^( *)# --8<-- \[(start|end):([a-z0-9-]+)\] *$")


class RegionError(NexusError):
    """Marks that do not pair up; names file and line."""


@dataclass(frozen=True)
class Region:
    """A region: the file it lies in, the lines of its two marks (from 0), and how far the marks are indented."""

    file: Path
    start: int
    end: int
    indent: str


def regions_of(folder: Path) -> dict[str, Region]:
    """Return the regions of every Python file below a folder, by name. Raises ``RegionError``."""
    found: dict[str, Region] = {}
    for file in sorted(folder.rglob("*.py")):
        for name, region in regions_in(file, file.read_text()).items():
            if name in found:
                raise RegionError(
                    f"{place(file, region.start)}: the region {name!r} is in {found[name].file} too"
                )
            found[name] = region
    return found


def regions_in(file: Path, text: str) -> dict[str, Region]:
    """Return the regions of one text, which is the file's. Raises ``RegionError``."""
    found: dict[str, Region] = {}
    begun: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(text.splitlines()):
        mark = MARK.match(line)
        if not mark:
            continue
        indent, edge, name = mark.groups()
        if edge == "start":
            if name in begun or name in found:
                raise RegionError(f"{place(file, number)}: the region {name!r} begins twice")
            begun[name] = (number, indent)
        elif name in begun:
            start, indent = begun.pop(name)
            found[name] = Region(file, start, number, indent)
        else:
            raise RegionError(f"{place(file, number)}: the region {name!r} ends without having begun")
    for name, (number, _) in begun.items():
        raise RegionError(f"{place(file, number)}: the region {name!r} has no end")
    return found


def place(file: Path, number: int) -> str:
    """Return file and line (``number`` counts from 0) as messages name them."""
    return f"{file.relative_to(CHECKOUT) if file.is_relative_to(CHECKOUT) else file}:{number + 1}"


def body_of(text: str, region: Region) -> list[str]:
    """Return a region's lines, its marks left out."""
    return text.splitlines()[region.start + 1 : region.end]


def with_body(text: str, region: Region, body: Sequence[str]) -> str:
    """Return the text with these lines in the place of a region's own; the marks stay."""
    lines = text.splitlines()
    return "\n".join([*lines[: region.start + 1], *body, *lines[region.end :]]) + "\n"


def region_named(folder: Path, name: str) -> Region:
    """Return a region of a folder's files. Raises ``RegionError`` where its marks are gone."""
    region = regions_of(folder).get(name)
    if region is None:
        marks = f"# --8<-- [start:{name}] and # --8<-- [end:{name}]"
        raise RegionError(f"{folder}: the marks of the region {name!r} are gone ({marks})")
    return region


def put(folder: Path, name: str, body: Sequence[str]) -> None:
    """Write these lines into a region of a folder's files. Raises ``RegionError`` where its marks are gone."""
    region = region_named(folder, name)
    region.file.write_text(with_body(region.file.read_text(), region, body))
