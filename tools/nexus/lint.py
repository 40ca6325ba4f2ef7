"""`./nexus lint`: everything about the code that needs no test to run it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from nexus.checks import Check, Runner, conclude
from nexus.environment import MANAGE, capstone_environment, production_environment
from nexus.errors import NexusError
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT, Session, new_ephemeral_state, session

RUFF = [*PYTHON_MODULE, "ruff"]
PYTHON_FILES = [".", "nexus"]
OPENAPI = "capstone/openapi.yaml"
POSTMAN = "capstone/postman_collection.json"


def lint(*, fix: bool) -> int:
    """Run every check of the code and return the exit code; with ``fix``, first mend what a program can mend."""
    with session(new_ephemeral_state()) as services:
        if fix:
            mend(capstone_environment(services))
        return conclude(Runner(services.guard).run(checks(services)))


def checks(services: Session) -> list[Check]:
    """Return the checks, the longest first."""
    environment = capstone_environment(services)
    production = production_environment(environment, services.state.secret("django"))
    importlinter = str(Path(sys.executable).with_name("lint-imports"))
    commands = {
        "types (mypy)": [*PYTHON_MODULE, "mypy"],
        "OpenAPI document is current": [*PYTHON_MODULE, "nexus.openapi", OPENAPI],
        "Postman collection is current": [*PYTHON_MODULE, "nexus.postman", POSTMAN],
        "no migration is missing": [*MANAGE, "makemigrations", "--check", "--dry-run"],
        "who may import whom": [importlinter, "--no-logo"],
        "spelling": [*PYTHON_MODULE, "codespell_lib", *tracked_files()],
        "style (ruff check)": [*RUFF, "check", *PYTHON_FILES],
        "format (ruff format)": [*RUFF, "format", "--check", *PYTHON_FILES],
    }
    found = [Check("lint", what, command, environment) for what, command in commands.items()]
    deploy = [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]
    return [*found, Check("lint", "production settings", deploy, production)]


def tracked_files() -> list[str]:
    """Return the files under version control that still exist; all others are somebody's own."""
    answer = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise NexusError(f"git cannot list the files of {CHECKOUT}: {answer.stderr.strip()}")
    return [name for name in answer.stdout.split("\0") if name and os.path.lexists(CHECKOUT / name)]


def mend(environment: Mapping[str, str]) -> None:
    """Let the programs that can mend do so. What they cannot, the checks report."""
    for command in (
        [*RUFF, "format", *PYTHON_FILES],
        [*RUFF, "check", "--fix", "--exit-zero", *PYTHON_FILES],
        [*PYTHON_MODULE, "nexus.openapi", "--write", OPENAPI],
        [*PYTHON_MODULE, "nexus.postman", "--write", POSTMAN],
        [*PYTHON_MODULE, "nexus.pages"],
    ):
        if subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode:
            raise NexusError(f"{' '.join(command[2:])} failed; the reason stands above.")
