"""Requirements that few commands need: installed into `.venv`, as they are locked, the first time one asks for them."""

import sys

from nexus import bootstrap
from nexus.errors import NexusError
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT


def install(name: str) -> None:
    """Bring ``requirements/<name>.txt`` into `.venv`; where it is there already, that takes no network. Raises ``NexusError``."""
    lock = f"requirements/{name}.txt"
    command = [*PYTHON_MODULE, "uv", "pip", "install", "--python", sys.executable, "--require-hashes"]
    with bootstrap.only_one_installs(CHECKOUT / ".nexus"):
        try:
            bootstrap.run([*command, "--quiet", "--compile-bytecode", "-r", str(CHECKOUT / lock)])
        except bootstrap.InstallError:
            raise NexusError(
                f"{lock} cannot be installed; the reason stands above. Where an index refuses uv, pip may do: "
                f".venv/bin/python -m pip install --require-hashes -r {lock}"
            ) from None
