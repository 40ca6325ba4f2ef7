"""What a report was made of: commit, files that differ from it, versions, machine, and the checks themselves."""

import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nexus.errors import NexusError
from nexus.services import CHECKOUT

CHECKS = (
    "capstone/tests",
    "capstone/deploy/smoke.py",
    "docs/capstone/rubric.toml",
    "labs/*/*_checks",
    "labs/*/lab.toml",
    "labs/*/tests",
    "labs/*/wrong",
    "nexus",
    "pyproject.toml",
    "tests",
    "tools/nexus",
)
VERSIONS = ("Django", "djangorestframework", "psycopg", "celery", "kombu", "ariadne", "pytest")


def git(*words: str) -> str:
    """Return what a command of git prints; "" where it fails, as it does outside of a repository."""
    return subprocess.run(
        ["git", *words], cwd=CHECKOUT, capture_output=True, text=True, check=False
    ).stdout.strip()


def origin() -> dict[str, Any]:
    """Return where the code stands: commit, its date, and which files differ from it."""
    status = git("status", "--porcelain", "--untracked-files=all").splitlines()
    return {
        "commit": git("rev-parse", "HEAD") or None,
        "committed_at": git("log", "-1", "--format=%cI") or None,
        "changed_files": sorted(line[3:] for line in status),
    }


def check_files() -> Iterator[Path]:
    """Yield every file that decides what passes."""
    for pattern in CHECKS:
        for place in sorted(CHECKOUT.glob(pattern)):
            files = [place] if place.is_file() else sorted(place.rglob("*"))
            yield from (one for one in files if one.is_file() and "__pycache__" not in one.parts)


def hash_of_checks() -> str:
    """Return the SHA-256 of all checks and the rubric: two reports that name the same were made by the same."""
    digest = hashlib.sha256()
    for file in check_files():
        digest.update(f"{file.relative_to(CHECKOUT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def edited_checks(original: str) -> list[str] | None:
    """
    Return which checks differ from those of a commit, branch or tag, those that were added too; None where none is named.

    Raises ``NexusError`` where git does not know it.
    """
    if not original:
        return None
    if not git("rev-parse", "--verify", "--quiet", f"{original}^{{commit}}"):
        raise NexusError(
            f"--original {original}: git knows no such commit, branch or tag here. `git fetch --tags` may bring it."
        )
    places = ["--", *(f":(glob){one}" for one in globs())]
    changed = git("diff", "--name-only", original, *places).splitlines()
    return sorted({*changed, *git("ls-files", "--others", "--exclude-standard", *places).splitlines()})


def globs() -> list[str]:
    """Return the places of the checks as git's patterns."""
    return [one for pattern in CHECKS for one in (pattern, f"{pattern}/**")]


def machine() -> dict[str, Any]:
    """Return what it ran on."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in VERSIONS},
    }


def cautions(machine: dict[str, Any], base_url: str, *, is_as_before: bool) -> Iterator[str]:
    """Yield what makes figures less than they seem. ``is_as_before``: no file has changed since the run began."""
    if not is_as_before:
        yield "All of it together: files changed while it ran, so rows may be of different code. Run it again, --fresh."
    if base_url:
        yield f"Which commit runs at {base_url}: the one named here is this checkout's, whose questions were asked."
    if machine["load"] > machine["processors"] + 1:
        yield (
            f"How fast it is: the machine did other things too (load {machine['load']:g} on {machine['processors']} "
            "processors). Minutes and p95 are not those of an idle one."
        )


def portable(text: str) -> str:
    """Return a text without the paths of this machine."""
    for folder, name in ((CHECKOUT, "."), (Path(sys.prefix).parent, "."), (Path.home(), "~")):
        text = text.replace(f"{folder}/", "" if name == "." else "~/").replace(str(folder), name)
    return text


def made_at() -> str:
    """Return the time, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def fingerprint(*options: str, folders: Iterable[Path] = ()) -> str:
    """
    Return what a run must share with an interrupted one to go on where that stopped.

    Commit, options, and the content of all that differs from the commit: changed files, new ones, and those in ``folders``,
    which git ignores.
    """
    digest = hashlib.sha256("\0".join([git("rev-parse", "HEAD"), git("diff", "HEAD"), *options]).encode())
    new = git("ls-files", "-z", "--others", "--exclude-standard").split("\0")
    files = [CHECKOUT / name for name in new if name] + [
        file for folder in folders for file in sorted(folder.rglob("*")) if "__pycache__" not in file.parts
    ]
    for file in files:
        content = file.read_bytes() if file.is_file() else b""
        digest.update(f"\0{file}\0".encode() + hashlib.sha256(content).digest())
    return digest.hexdigest()
