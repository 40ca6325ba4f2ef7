"""
The problems that pages show, each a program in ``docs/examples/challenges/``: `./nexus challenge <name>` runs one.

A program runs on a copy of the capstone's migrated database, which is dropped afterwards, and on a Valkey database of
its own. It prints counts and statuses, never times, so ``docs record`` writes down what it printed and ``docs check``
compares it exactly.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

from nexus.environment import MANAGE, capstone_environment
from nexus.errors import NexusError, UnknownWord
from nexus.processes import stop_on_signals
from nexus.services import CHECKOUT, new_ephemeral_state, session

PROGRAMS = CHECKOUT / "docs/examples/challenges"
RECORDS = CHECKOUT / "docs/transcripts"
NOT_ONE = {"stage"}  # what the programs share


def names() -> list[str]:
    """Return every challenge, by name."""
    return sorted({file.stem.replace("_", "-") for file in PROGRAMS.glob("*.py")} - NOT_ONE)


def record_of(name: str) -> Path:
    """Return the file that holds what a challenge printed."""
    return RECORDS / f"challenge-{name}.txt"


def show(name: str) -> int:
    """Run one challenge on services of its own and return the exit code. Raises ``UnknownWord``."""
    if name not in names():
        raise UnknownWord("challenge", name, names())
    with own_services() as environment, migrated(environment) as template:
        print(output_of(name, environment, template), end="", flush=True)
    return 0


@contextmanager
def own_services() -> Iterator[Mapping[str, str]]:
    """Yield the environment of services that live as long as we."""
    with session(new_ephemeral_state()) as services:
        yield capstone_environment(services)


# --- databases ------------------------------------------------------------------------------------------------


def at(environment: Mapping[str, str], database: str) -> str:
    """Return the address of another database of the same server."""
    return urlsplit(environment["DATABASE_URL"])._replace(path=f"/{database}").geturl()


def execute(environment: Mapping[str, str], statement: str, *databases: str) -> None:
    """Run a statement about databases, from outside them."""
    psycopg = import_module("psycopg")  # a quarter of a second that --help need not wait for
    names = map(psycopg.sql.Identifier, databases)
    with psycopg.connect(at(environment, "postgres"), autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL(statement).format(*names))


@contextmanager
def migrated(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the name of a database with the capstone's empty tables, and drop it."""
    name = f"challenges_{os.getpid()}"
    execute(environment, "CREATE DATABASE {}", name)
    try:
        done = subprocess.run(
            [*MANAGE, "migrate", "--verbosity", "0"],
            env={**environment, "DATABASE_URL": at(environment, name)},
            check=False,
        )
        if done.returncode:
            raise NexusError("the tables could not be made; the reason stands above.")
        yield name
    finally:
        execute(environment, "DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def copied(environment: Mapping[str, str], template: str) -> Iterator[str]:
    """Yield the address of a copy of a database, and drop it."""
    name = f"{template}_copy"
    execute(environment, "CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield at(environment, name)
    finally:
        execute(environment, "DROP DATABASE {} WITH (FORCE)", name)


# --- running and comparing ------------------------------------------------------------------------------------


def output_of(name: str, environment: Mapping[str, str], template: str) -> str:
    """Return what a challenge prints. Raises ``NexusError`` where it fails."""
    with copied(environment, template) as database:
        done = subprocess.run(
            [sys.executable, str(PROGRAMS / f"{name.replace('-', '_')}.py")],
            env={**environment, "DATABASE_URL": database, "LOG_LEVEL": "CRITICAL"},
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode or done.stderr:
        raise NexusError(f"the challenge {name} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
    return done.stdout


def recorded(name: str, output: str) -> str:
    """Return an output as pages include it: each part between blank lines is a region, ``part-1`` and so on."""
    lines = [f"# What `./nexus challenge {name}` printed; ./nexus docs record writes it."]
    for number, part in enumerate(output.strip().split("\n\n"), 1):
        lines += [f"# --8<-- [start:part-{number}]", part, f"# --8<-- [end:part-{number}]"]
    return "\n".join([*lines, ""])


def fresh(environment: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Run every challenge; yield the file and what it should hold."""
    with migrated(environment) as template:
        for name in names():
            yield record_of(name), recorded(name, output_of(name, environment, template))


def record() -> None:
    """Run every challenge and write down what it printed."""
    with own_services() as environment:
        for file, text in fresh(environment):
            file.write_text(text)
            print(f"wrote {file.relative_to(CHECKOUT)}", flush=True)


def check(environment: Mapping[str, str]) -> int:
    """Run every challenge, print where it differs from what is recorded, and return the exit code."""
    from nexus.transcripts import differences  # noqa: PLC0415 -- it imports the labs, which --help need not wait for

    found = list(fresh(environment))
    faults = [line for file, text in found for line in differences(file, text)]
    orphans = set(RECORDS.glob("challenge-*.txt")) - {file for file, _ in found}
    faults += [f"{file.name} is of no challenge" for file in sorted(orphans)]
    numbers = sum(any(letter.isdigit() for letter in word) for _, text in found for word in text.split())
    print(
        "\n".join(faults) or f"{len(found)} challenges print what is recorded, {numbers} numbers", flush=True
    )
    return 1 if faults else 0


if __name__ == "__main__":
    stop_on_signals()
    try:
        sys.exit(check(os.environ))
    except NexusError as error:
        sys.exit(f"nexus: {error}")
