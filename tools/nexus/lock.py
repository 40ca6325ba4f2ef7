"""
`./nexus lock`: requirements/*.in → requirements/*.txt, with hashes, for every platform and Python ≥ 3.11.

Needs uv and nothing else of `.venv`: the front door calls it by `python -m nexus.lock`, where nothing can be installed too.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from nexus.errors import NexusError
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT

ORDER = (
    "run",
    "dev",
    "test",
    "docs",
    "notebook",
    "flower",
    "codegen",
    "bench",
    "load",
)  # each is constrained by those before it
OPTIONS = (
    "--universal",
    "--generate-hashes",
    "--python-version",
    "3.11",
    "--no-emit-index-url",
    "--no-emit-find-links",
)


def lock(*, upgrade: bool) -> None:
    """Resolve every requirements file; versions stay as they are unless ``upgrade``. Raises ``NexusError``."""
    refuse_marks_of_a_merge(CHECKOUT / "requirements")
    for name in ORDER:
        command = [*PYTHON_MODULE, "uv", "pip", "compile", "--quiet", *OPTIONS]
        command += ["--custom-compile-command", "./nexus lock", *["--upgrade"] * upgrade]
        command += [f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
        print(f"locking requirements/{name}.txt …", flush=True)
        if subprocess.run(command, cwd=CHECKOUT, check=False).returncode:
            raise NexusError(f"requirements/{name}.in cannot be resolved; the reason stands above.")


def refuse_marks_of_a_merge(folder: Path) -> None:
    """Raise ``NexusError`` where a file holds both sides of a merge: uv reads the old locks, to keep their versions."""
    for file in sorted(folder.glob("*.*")):
        if any(line.startswith("<<<<<<< ") for line in file.read_text().splitlines()):
            take = (
                "take one side (git checkout --ours requirements/*.txt)"
                if file.suffix == ".txt"
                else "settle it"
            )
            raise NexusError(
                f"requirements/{file.name} holds the marks of a merge: {take}, then ./nexus lock again."
            )


def main() -> int:
    """Lock, as the command line asks; return the exit code."""
    parser = argparse.ArgumentParser(prog="./nexus lock", description="Lock requirements/*.in, with hashes.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that the *.in allow")
    try:
        lock(upgrade=parser.parse_args().upgrade)
    except NexusError as error:
        print(f"nexus: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
