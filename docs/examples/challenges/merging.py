"""Two branches, each green, that merge without a conflict: what runs where, and who notices."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import stage

# --8<-- [start:branches]
FIRST = {"price.py": "def price_of(minutes):\n    return minutes * 2\n"}
RENAMED = {  # one branch renames a function, and every call of it that there is
    "price.py": "def price_for(minutes):\n    return minutes * 2\n",
    "test_price.py": "from price import price_for\n\ndef test_price():\n    assert price_for(3) == 6\n",
}
CALLED = {  # the other adds a call of it, in a file of its own
    "basket.py": "from price import price_of\n\ndef total(all_minutes):\n    return sum(map(price_of, all_minutes))\n",
    "test_basket.py": "from basket import total\n\ndef test_total():\n    assert total([1, 2]) == 6\n",
}
# --8<-- [end:branches]


def git(folder: Path, *words: str) -> int:
    """Run git as nobody in particular and return its exit code."""
    who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode


def commit(folder: Path, files: dict[str, str], message: str) -> None:
    """Write files and commit them."""
    for name, text in files.items():
        (folder / name).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-m", message)


def tests(folder: Path) -> str:
    """Run the tests that stand there."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", "."],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return {0: "green", 1: "red", 2: "red", 5: "no test"}[done.returncode]


def main() -> None:
    """Make the branches, merge them in both ways, and run the tests at each place."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        git(folder, "init", "--initial-branch", "main")
        commit(folder, FIRST | {".gitignore": "__pycache__/\n"}, "feat: a price")
        for branch, files in (("rename", RENAMED), ("basket", CALLED)):
            git(folder, "switch", "-c", branch, "main")
            commit(folder, files, f"feat: {branch}")
        rows = []
        for branch in ("rename", "basket"):
            git(folder, "switch", branch)
            rows.append((f"branch {branch}, as pushed", "–", tests(folder)))
        git(folder, "branch", "late", "basket")
        for where, words in {
            "main, with rename merged": ("switch main", "merge --no-ff rename"),
            "branch basket, rebased on that main": ("switch basket", "rebase main"),
            "main, with basket merged as it was pushed": ("switch main", "merge --no-ff late"),
        }.items():
            codes = [git(folder, *command.split()) for command in words]
            rows.append((where, "yes" if any(codes) else "none", tests(folder)))
    stage.table(["where", "conflicts", "its tests"], rows)


main()
