"""Ports of 127.0.0.1: free or whose."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from nexus import processes
from nexus.errors import NexusError

HIGHEST = 65535


def is_listening(port: int) -> bool:
    """Tell whether somebody listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_free(port: int) -> bool:
    """Tell whether nobody listens on the port and we may."""
    if is_listening(port):
        return False
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose(option: str, wanted: int | None, usual: int, taken: Collection[int]) -> int:
    """
    Return the port somebody asked for, else the usual one, else the next free one.

    Raises ``NexusError`` where the one asked for cannot be had.
    """
    if wanted is not None:
        if wanted in taken:
            raise NexusError(
                f"{option} {wanted}: that port is already given to another of our own addresses."
            )
        if not is_free(wanted):
            raise NexusError(
                f"{option} {wanted}: that port is taken by {holder(wanted)}. Choose another, or none."
            )
        return wanted
    return next(port for port in range(usual, HIGHEST) if port not in taken and is_free(port))


def holder(port: int) -> str:
    """Return who listens on a port, as well as we may know."""
    pid = holder_pid(port)
    command = processes.command_line(pid) if pid else ""
    return (
        f"process {pid} ({command[:80]})" if command else "another program, whose name only its owner may see"
    )


def holder_pid(port: int) -> int | None:
    """Return the process that listens on a port; None where only its owner may see."""
    return holder_on_linux(port) if sys.platform == "linux" else holder_by_lsof(port)


def holder_on_linux(port: int) -> int | None:
    """Return the process that owns the listening socket."""
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            fields = line.split()  # slot, local address, remote address, state (0A: listening), …, inode
            if fields[3] == "0A" and fields[1].endswith(f":{port:04X}"):
                inodes.add(f"socket:[{fields[9]}]")
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) in inodes:
                return int(descriptor.parts[2])
        except OSError:  # the process ended meanwhile, or is another user's
            continue
    return None


def holder_by_lsof(port: int) -> int | None:
    """Return the process that owns the listening socket, where lsof is there to ask."""
    if shutil.which("lsof") is None:
        return None
    answer = subprocess.run(
        ["lsof", "-nP", "-t", f"-iTCP:{port}", "-sTCP:LISTEN"], capture_output=True, text=True, check=False
    )
    first = answer.stdout.split()
    return int(first[0]) if first else None
