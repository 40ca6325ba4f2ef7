"""What a lab's manifest names outside itself: checks, pages with their headings, places of the capstone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from nexus.labs.manifest import Lab, at
from nexus.services import CHECKOUT

CONCEPTS = CHECKOUT / "docs/concepts"
HEADING = re.compile(r"^#{2,4} (.+?)(?: \{.*?#([\w-]+).*?\})?$", re.MULTILINE)


def findings(lab: Lab) -> Iterator[str | None]:
    """Yield one entry for each thing that the manifest names: None where it exists, else what is wrong, with file and line."""
    file, checks = lab.folder / "lab.toml", check_names(lab)
    named = [name for step in lab.steps for name in step.checks]
    for number, step in enumerate(lab.steps):
        for name in step.checks:
            fault = None if name in checks else f"there is no check {name!r} in {lab.id}_checks"
            fault = f"the check {name!r} is named twice" if named.count(name) > 1 else fault
            yield fault and at(file, ["step", number, "checks"], fault)
        page, _, anchor = step.concept.partition("#")
        yield (
            None
            if heading_exists(CONCEPTS / page, anchor)
            else at(file, ["step", number, "concept"], f"docs/concepts/{step.concept} does not exist")
        )
    for name in sorted(checks - set(named)):
        yield at(file, ["step"], f"the check {name!r} belongs to no step")
    for name in lab.promises:
        yield None if name in named else at(file, ["promises"], f"there is no check {name!r}")
    for name in lab.concepts:
        yield (
            None
            if (CONCEPTS / f"{name}.md").is_file()
            else at(file, ["concepts"], f"there is no page {name!r}")
        )
    for place in lab.capstone:
        fault = None if symbol_exists(place) else f"{place} does not exist"
        fault = fault or (None if uses(place, lab.package) else f"{place} does not use {lab.package}")
        yield fault and at(file, ["capstone"], fault)


def check_names(lab: Lab) -> set[str]:
    """Return the names of the lab's checks: what is decorated with ``check`` in its package."""
    return {
        node.name
        for file in (lab.folder / f"{lab.id}_checks").glob("*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and any(
            isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "check"
            for mark in node.decorator_list
        )
    }


def heading_exists(page: Path, anchor: str) -> bool:
    """Tell whether a page exists and, where an anchor is named, has that heading."""
    if not page.is_file():
        return False
    anchors = {given or slug(title) for title, given in HEADING.findall(page.read_text())}
    return not anchor or anchor in anchors


def slug(title: str) -> str:
    """Return a heading's anchor as the hub makes it."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower())


def symbol_exists(place: str) -> bool:
    """Tell whether ``file::Class.method`` names something defined in that file."""
    path, _, dotted = place.partition("::")
    if not (CHECKOUT / path).is_file():
        return False
    body = ast.parse((CHECKOUT / path).read_text()).body
    for name in dotted.split("."):
        found = [
            node for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name
        ]
        if not found:
            return False
        body = found[0].body
    return True


def uses(place: str, package: str) -> bool:
    """Tell whether the file of a place imports the part."""
    return f"from {package}" in (CHECKOUT / place.partition("::")[0]).read_text()
