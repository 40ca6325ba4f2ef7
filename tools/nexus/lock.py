"""`./nexus lock`: requirements/*.in → requirements/*.txt, with hashes, for every platform and Python ≥ 3.11."""

import subprocess

from nexus.errors import NexusError
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT

ORDER = ("run", "dev", "test", "docs", "notebook")  # each is constrained by those before it
OPTIONS = (
    "--universal",
    "--generate-hashes",
    "--python-version",
    "3.11",
    "--no-emit-index-url",
    "--no-emit-find-links",
)


def lock(*, upgrade: bool) -> None:
    """Resolve every requirements file; versions stay as they are unless ``upgrade``."""
    for name in ORDER:
        command = [*PYTHON_MODULE, "uv", "pip", "compile", "--quiet", *OPTIONS]
        command += ["--custom-compile-command", "./nexus lock", *["--upgrade"] * upgrade]
        command += [f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
        print(f"locking requirements/{name}.txt …", flush=True)
        if subprocess.run(command, cwd=CHECKOUT, check=False).returncode:
            raise NexusError(f"requirements/{name}.in cannot be resolved; the reason stands above.")
