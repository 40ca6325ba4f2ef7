"""
Coverage: which lines the tests ran of the capstone and of the parts, in the tests' own processes and those they started.

Two variables of the environment turn it on (coverage.py reads them as Python starts), so a run without them pays nothing.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nexus.errors import NexusError
from nexus.labs.workcopy import work_folder
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT

SETTINGS = CHECKOUT / "pyproject.toml"
NOBODY_TESTS = ("/migrations/",)  # Django wrote them
CAPSTONE, TOOLS = ("audiobooks", "config"), "nexus"


@dataclass(frozen=True)
class Covered:
    """Of one package: how many statements and branches there are, and how many of them ran."""

    package: str
    there_are: int
    ran: int

    @property
    def share(self) -> float:
        """Return the share that ran, 0 to 1."""
        return self.ran / self.there_are if self.there_are else 0.0


def measured(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return an environment in which every Python process writes into a folder what it ran."""
    folder.mkdir(parents=True, exist_ok=True)
    return {**environment, "COVERAGE_PROCESS_START": str(SETTINGS), "COVERAGE_FILE": str(folder / "data")}


def covered(folder: Path) -> list[Covered]:
    """Return what ran of the capstone, and of each part, by what processes wrote. Raises ``NexusError`` where none did."""
    options = [f"--rcfile={SETTINGS}", f"--data-file={folder / 'data'}"]
    run(["combine", *options, "--append", "--quiet", str(folder)])
    report = folder / "coverage.json"
    omitted = f"--omit={','.join(f'*{place}*' for place in NOBODY_TESTS)}"
    included = f"--include={CHECKOUT}/*,{work_folder()}/*"  # not the copies that tests made, and took away
    run(["json", *options, omitted, included, "--quiet", "-o", str(report)])
    return list(by_package(json.loads(report.read_text())["files"]))


def run(words: list[str]) -> None:
    """Run coverage.py."""
    done = subprocess.run(
        [*PYTHON_MODULE, "coverage", *words], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NexusError(f"coverage.py says: {(done.stdout + done.stderr).strip()}")


def by_package(files: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Iterator[Covered]:
    """Add up coverage.py's counts of files by name, relative to the checkout: the capstone as one, each part for itself."""
    counts: dict[str, list[int]] = {}
    for file, found in files.items():
        package = package_of(file)
        of = found["summary"]
        there_are, ran = counts.setdefault(package, [0, 0])
        counts[package] = [
            there_are + of["num_statements"] + of["num_branches"],
            ran + of["covered_lines"] + of["covered_branches"],
        ]
    yield from (Covered(package, *counts[package]) for package in sorted(counts))


def package_of(file: str) -> str:
    """Return whose a file is: ``capstone``, ``nexus``, which is the tools, or the part, ``lab_rest``."""
    folders = Path(file).parts[:-1]
    part = next((name for name in folders if name.startswith("lab_")), "")
    return part or ("capstone" if set(CAPSTONE) & set(folders) else TOOLS)
