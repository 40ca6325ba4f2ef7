"""The hub: served while it is written; built strictly and then read as a browser would, link by link."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT
from nexus.site_links import broken_links

MKDOCS = [*PYTHON_MODULE, "mkdocs"]
CONFIGURATION = ["-f", str(CHECKOUT / "mkdocs.yml")]


def environment(callers: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without Material's advertisement for its successor, which we know of."""
    return {**callers, "NO_MKDOCS_2_WARNING": "1"}


def serve_command(port: int, *options: str) -> list[str]:
    """Return the command that serves the hub; a page with a broken link is served all the same."""
    return [*MKDOCS, "serve", *CONFIGURATION, "--no-strict", "-a", f"127.0.0.1:{port}", *options]


def serve(port: int) -> NoReturn:
    """Become the server of the hub, that rebuilds it as pages are saved."""
    os.execve(sys.executable, serve_command(port, "--livereload"), environment(os.environ))  # noqa: S606 -- no shell


def build(target: Path) -> int:
    """Build the hub and check its HTML; print what is wrong and return the exit code."""
    command = [*MKDOCS, "build", *CONFIGURATION, "--strict", "-d", str(target)]
    if code := subprocess.run(command, env=environment(os.environ), check=False).returncode:
        return code
    faults = broken_links(target)
    print("\n".join(faults) or "every link leads somewhere", flush=True)
    return 1 if faults else 0


def pages(*, check: bool) -> int:
    """Write the generated pages, or name those that are stale; a process of its own, because it reads our own words."""
    command = [*PYTHON_MODULE, "nexus.pages", *["--check"] * check]
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1])))
