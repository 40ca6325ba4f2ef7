"""What a report was made of: commit, files that differ from it, versions, machine, and the checks themselves."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nexus.services import CHECKOUT

CHECKS = (
    "capstone/tests",
    "capstone/deploy/smoke.py",
    "docs/capstone/rubric.toml",
    "labs/*/checks",
    "labs/*/tests",
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
    """Return which checks differ from those of a commit, branch or tag; None where git does not know it."""
    if not original or not git("rev-parse", "--verify", "--quiet", f"{original}^{{commit}}"):
        return None
    return git("diff", "--name-only", original, "--", *(f":(glob){one}" for one in globs())).splitlines()


def globs() -> list[str]:
    """Return the places of the checks as git's patterns."""
    return [pattern if pattern.endswith((".py", ".toml")) else f"{pattern}/**" for pattern in CHECKS]


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


def made_at() -> str:
    """Return the time, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def fingerprint(*options: object) -> str:
    """Return what a run must share with an interrupted one to go on where that stopped: commit, changes, options."""
    changes = git("diff", "HEAD") + git("ls-files", "--others", "--exclude-standard")
    text = "\0".join([git("rev-parse", "HEAD"), changes, *map(str, options)])
    return hashlib.sha256(text.encode()).hexdigest()
