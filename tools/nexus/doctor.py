"""`./nexus doctor`: what this machine has, what each service would be, and what stands in the way."""

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

from nexus import ports
from nexus.environment import Addresses
from nexus.errors import NexusError
from nexus.run import free_mb
from nexus.services import CHECKOUT, engines, external
from nexus.services.postgres import Postgres
from nexus.services.rabbitmq import RabbitMQ
from nexus.services.server import Server
from nexus.services.state import State, checkout_state
from nexus.services.valkey import Valkey

NEEDED_MB = 500


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was found; ``ok`` is False where ./nexus cannot work so."""

    what: str
    found: str
    ok: bool = True


def findings() -> list[Finding]:
    """Look at everything ./nexus needs."""
    state = checkout_state()
    free = free_mb(CHECKOUT)
    return [
        Finding("Python", f"{platform.python_version()} ({sys.executable})", ok=sys.version_info >= (3, 11)),
        Finding("System", f"{platform.platform()}, {os.cpu_count()} cores"),
        Finding(
            "Disk",
            f"{free} MB free in {CHECKOUT}" + ("" if free > NEEDED_MB else f"; {NEEDED_MB} are needed"),
            free > NEEDED_MB,
        ),
        state_finding(state),
        *[service_finding(server) for server in (Postgres(state), Valkey(state))],
        service_finding(RabbitMQ(state), is_essential=False),
        docker_finding(),
        chromium_finding(),
        *[port_finding(name, port) for name, port in ports_of_up()],
    ]


def state_finding(state: State) -> Finding:
    """Tell where the services' files lie and whether we may write there."""
    try:
        state.make()
    except (NexusError, OSError) as error:
        return Finding("State", str(error), ok=False)
    return Finding("State", str(state.folder))


def service_finding(server: Server, *, is_essential: bool = True) -> Finding:
    """Tell what a service would be."""
    if url := os.environ.get(server.variable):
        return external_finding(server, url)
    program = server.program()
    if program is None:
        missing = (
            "none: needed only by the tests marked rabbitmq; apt install rabbitmq-server, or RABBITMQ_URL"
        )
        return Finding(server.name, str(server.missing()) if is_essential else missing, ok=not is_essential)
    running = server.running()
    return Finding(server.name, f"{program}" + (f", running on port {running.port}" if running else ""))


def external_finding(server: Server, url: str) -> Finding:
    """Try an address from the environment."""
    try:
        external.check(server.variable, url)
    except NexusError as error:
        return Finding(server.name, str(error), ok=False)
    return Finding(server.name, f"{server.variable} in the environment: {urlsplit(url).hostname}, answers")


def docker_finding() -> Finding:
    """Tell whether the compose file could be used; ./nexus itself needs no Docker."""
    if shutil.which("docker") is None:
        return Finding("Docker", "not installed (needed for docker compose only)")
    question = ["docker", "version", "--format", "{{.Server.Version}}"]
    answer = subprocess.run(question, capture_output=True, text=True, check=False)
    version = answer.stdout.strip()
    return Finding("Docker", f"engine {version}" if version else "installed; its engine does not answer")


def chromium_finding() -> Finding:
    """Tell which browser the player's tests would drive."""
    missing = "none: needed only by the player's tests; apt install chromium, or CHROMIUM"
    return Finding("Chromium", str(engines.chromium() or missing))


def ports_of_up() -> list[tuple[str, int]]:
    """Return the ports `./nexus up` would like."""
    usual = Addresses()
    return [
        ("API", usual.api_port),
        ("Hub", usual.hub_port),
        ("Media", usual.media_port),
        ("Books", usual.books_port),
    ]


def port_finding(name: str, port: int) -> Finding:
    """Tell who has a port; ./nexus up would take the next free one."""
    if ports.is_free(port):
        return Finding(f"Port {port}", f"free ({name})")
    return Finding(
        f"Port {port}", f"taken by {ports.holder(port)}; ./nexus up would serve {name} on the next free one"
    )
