"""
Write the graph's Python client: `python -m nexus.graph_client`; `--check` writes nothing and names what is stale.

ariadne-codegen runs in `.nexus/codegen`, an environment that is made of requirements/codegen.txt when it is first needed.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nexus import bootstrap
from nexus.errors import NexusError
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT

LOCK = CHECKOUT / "requirements/codegen.txt"
ENVIRONMENT = CHECKOUT / ".nexus/codegen"
CLIENTS = CHECKOUT / "capstone/clients"
PACKAGE = CLIENTS / "python/nexus_graph"
SDL = CHECKOUT / "docs/reference/schema.graphql"


def installed() -> Path:
    """Return ariadne-codegen, installed as it is locked. Raises ``NexusError``."""
    program, stamp = ENVIRONMENT / "bin/ariadne-codegen", ENVIRONMENT / "stamp"
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    with bootstrap.only_one_installs(CHECKOUT / ".nexus"):
        if stamp.exists() and stamp.read_text() == digest and program.exists():
            return program
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        uv = [*PYTHON_MODULE, "uv"]
        try:
            bootstrap.run([*uv, "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)])
            sync = [*uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(ENVIRONMENT)]
            bootstrap.run([*sync, str(LOCK)])
        except bootstrap.InstallError as error:
            raise NexusError(f"ariadne-codegen cannot be installed: {error}") from None
        stamp.write_text(digest)
    return program


def generated(folder: Path) -> Path:
    """Return the package as it is made, in ``folder``, of the SDL and the operations. Raises ``NexusError``."""
    shutil.copy(CLIENTS / "python/pyproject.toml", folder)
    shutil.copy(SDL, folder / "schema.graphql")
    shutil.copytree(CLIENTS / "operations", folder / "operations")
    run = subprocess.run([installed()], cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode:
        raise NexusError(f"ariadne-codegen refuses the operations:\n{run.stdout}{run.stderr}")
    return folder / PACKAGE.name


def texts(package: Path) -> dict[str, str]:
    """Return the files of a package."""
    return {file.name: file.read_text("utf-8") for file in sorted(package.glob("*.py"))}


def main(arguments: Sequence[str]) -> int:
    """Write the client, or with ``--check`` only name what is stale; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="nexus-") as folder:
        try:
            made = texts(generated(Path(folder)))
        except NexusError as error:
            print(f"nexus: {error}", file=sys.stderr)
            return 1
    kept = texts(PACKAGE)
    stale = sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))
    if "--check" in arguments:
        for name in stale:
            print(
                f"{(PACKAGE / name).relative_to(CHECKOUT)} is stale: run .venv/bin/python -m nexus.graph_client"
            )
        return 1 if stale else 0
    shutil.rmtree(PACKAGE, ignore_errors=True)
    PACKAGE.mkdir(parents=True)
    for name, text in made.items():
        (PACKAGE / name).write_text(text, "utf-8")
    print(f"wrote {', '.join(stale) or 'nothing new'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
