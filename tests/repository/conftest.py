"""The repository as text."""

import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file under version control that is still there, relative to the checkout."""
    answer = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return [Path(name) for name in answer.stdout.split("\0") if name and (CHECKOUT / name).is_file()]


@pytest.fixture(scope="session")
def texts(tracked: list[Path]) -> dict[Path, str]:
    """The tracked files that are text."""
    found = {}
    for path in tracked:
        content = (CHECKOUT / path).read_bytes()
        if b"\0" not in content[:8000]:
            found[path] = content.decode()
    return found
