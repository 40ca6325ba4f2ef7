"""Programs that are served to be measured, one worker of one thread each, and the client that asks them."""

import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from nexus.errors import NexusError
from nexus.ports import is_listening
from nexus.processes import PYTHON_MODULE, free_port, wait_until

UNLIMITED = {"LOG_LEVEL": "CRITICAL", "API_REQUESTS_PER_MINUTE": "1000000000"}
CONNECTIONS = 2
ASKED = 200
LONGEST_S = 30
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# wrk's own language; each line of the file is the path of a request, in turn.
IN_TURN = """
local paths, turn = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    local path, etag = line:match("^(%S+) ?(.*)$")
    paths[#paths + 1] = wrk.format("GET", path, etag ~= "" and { ["If-None-Match"] = etag } or nil)
  end
end
function request() turn = turn + 1; return paths[1 + turn % #paths] end
"""


@dataclass(frozen=True)
class Served:
    """A program that answers on a port."""

    port: int
    pid: int

    def cpu_s(self) -> float:
        """Return the processor time that its workers have used so far."""
        return sum(cpu_of(pid) for pid in children(self.pid))

    def memory_bytes(self) -> int:
        """Return what its largest worker holds in memory: its resident set."""
        return max(
            int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1]) * 1024  # type: ignore[index]
            for pid in children(self.pid)
        )


def children(pid: int) -> list[int]:
    """Return the processes that a process has begun."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_of(pid: int) -> float:
    """Return a process's user and system time, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


@contextmanager
def served(
    application: str,
    environment: Mapping[str, str],
    *,
    interface: str = "wsgi",
    workers: int = 1,
    threads: int = 1,
    python: str = sys.executable,
) -> Iterator[Served]:
    """Serve a program by granian, of the environment of ``python``, while the block lasts."""
    port = free_port()
    command = [
        python,
        *PYTHON_MODULE[1:],
        "granian",
        "--interface",
        interface,
        "--no-ws",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", str(workers), "--blocking-threads", str(threads)][
        : 4 if interface == "wsgi" else 2
    ]
    command += ["--workers-kill-timeout", "5"]  # who is told to stop while it starts does not hear it
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, application], env={**environment, **UNLIMITED}, stdout=log, stderr=log
        )
        try:
            if not wait_until(lambda: is_listening(port) or process.poll() is not None, 60) or process.poll():
                log.seek(0)
                raise NexusError(f"{application} does not start:\n{log.read().decode()[-2000:]}")
            yield Served(port, process.pid)
        finally:
            process.terminate()
            process.wait()


def asked(one: Served, paths: Sequence[str], seconds: float) -> dict[str, float]:
    """
    Ask for these paths in turn, on 2 connections that send the next request when they have the last answer. After a path
    and a blank may stand an ETag, for If-None-Match.

    Return seconds per answer and processor seconds of the program per answer. Raises ``NexusError`` for an error.
    """
    before = one.cpu_s()
    number, took = (
        by_wrk(one.port, paths, seconds) if shutil.which("wrk") else by_socket(one.port, paths, seconds)
    )
    return {"seconds": took / number, "cpu_s": (one.cpu_s() - before) / number}


def by_wrk(port: int, paths: Sequence[str], seconds: float) -> tuple[int, float]:
    """Let wrk ask; return how many answers came, and in how many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        script, list_of_paths = Path(folder, "in_turn.lua"), Path(folder, "paths")
        done = "function done(summary) io.write(string.format('%d %d %d', summary.requests, summary.duration, summary.errors.status)) end"
        script.write_text(IN_TURN + done)
        list_of_paths.write_text("\n".join(paths))
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", str(script)]
        command += [f"http://127.0.0.1:{port}", "--", str(list_of_paths)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    number, microseconds, wrong = map(int, told.splitlines()[-1].split())
    if wrong:
        raise NexusError(f"{wrong} of {number} answers were errors, such as to {paths[0]}")
    if not number and seconds > LONGEST_S:
        raise NexusError(f"no answer in {seconds:.0f} s to {paths[0]}")
    return (number, microseconds / 1e6) if number else by_wrk(port, paths, 2 * seconds)


def by_socket(port: int, paths: Sequence[str], seconds: float) -> tuple[int, float]:
    """Ask ourselves, one connection after the other's answer: slower than wrk, so fast programs look alike."""
    connections, number, began = [Connection(port) for _ in range(CONNECTIONS)], 0, time.monotonic()
    while time.monotonic() - began < seconds:
        turn = [(connection, paths[(number + at) % len(paths)]) for at, connection in enumerate(connections)]
        for connection, path in turn:
            connection.ask(path)
        for connection, path in turn:
            status = connection.receive()[0]
            if status not in (200, 304):
                raise NexusError(f"{path} answered {status}")
        number += len(turn)
    took = time.monotonic() - began
    for connection in connections:
        connection.socket.close()
    return number, took


def request(path: str, headers: Mapping[str, str] = MappingProxyType({}), body: str = "") -> bytes:
    """Return a request: GET, or POST where it has a body."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] * bool(body)
    return "\r\n".join([*lines, "", body]).encode()


def told(one: Served, requests: Iterator[bytes], seconds: float) -> dict[str, float]:
    """
    Send requests in turn, on 2 connections that send the next when they have the last answer; by this program, not by wrk.

    Return seconds per answer and processor seconds of the program per answer. Raises ``NexusError`` for any but a 200.
    """
    before, began, number = one.cpu_s(), time.perf_counter(), 0
    connections = [Connection(one.port) for _ in range(CONNECTIONS)]
    while (took := time.perf_counter() - began) < seconds or not number:
        for connection in connections:
            connection.send(next(requests))
        for connection in connections:
            connection.expect_200()
        number += CONNECTIONS
    for connection in connections:
        connection.socket.close()
    return {"seconds": took / number, "cpu_s": (one.cpu_s() - before) / number}


def in_turn(
    name: str, both: Mapping[str, tuple[Served, Sequence[bytes]]], times: int = ASKED
) -> dict[str, dict[str, float]]:
    """
    Send each program its requests on one connection, one of each program after the other, so many ``times``.

    Return the median and the p95 of the seconds to an answer of each, as ``{name} of {which}, p95``.
    """
    taken: dict[str, list[float]] = {which: [] for which in both}
    before = {which: program.cpu_s() for which, (program, _) in both.items()}
    connections = {which: Connection(program.port) for which, (program, _) in both.items()}
    for number in range(times):
        for which, (_, requests) in both.items():
            taken[which].append(connections[which].timed(requests[number % len(requests)]))
    found: dict[str, dict[str, float]] = {}
    for which, took in taken.items():
        connections[which].socket.close()
        cpu_s = (both[which][0].cpu_s() - before[which]) / times
        found[f"{name} of {which}, median"] = {"seconds": statistics.median(took), "cpu_s": cpu_s}
        found[f"{name} of {which}, p95"] = {"seconds": statistics.quantiles(took, n=20)[-1], "cpu_s": cpu_s}
    return found


class Connection:
    """One kept connection to a program on this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)

    def ask(self, path: str) -> None:
        """Send a request; after the path and a blank may stand an ETag."""
        path, _, etag = path.partition(" ")
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"] + [f"If-None-Match: {etag}"] * bool(
            etag
        )
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def send(self, raw: bytes) -> None:
        """Send a request as it is."""
        self.socket.sendall(raw)

    def timed(self, raw: bytes) -> float:
        """Send a request and return the seconds until its answer is here. Raises ``NexusError`` for an error."""
        began = time.perf_counter()
        self.send(raw)
        self.expect_200()
        return time.perf_counter() - began

    def expect_200(self) -> None:
        """Receive an answer. Raises ``NexusError`` for an error."""
        status, _, body = self.receive()
        if status != 200:
            raise NexusError(f"answered {status}: {body[:500]!r}")

    def receive(self) -> tuple[int, bytes, bytes]:
        """Return status, head and body of the answer."""
        content = b""
        while b"\r\n\r\n" not in content:
            content += self.more()
        head, _, body = content.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while len(body) < (int(length[1]) if length else 0):
            body += self.more()
        return int(head[9:12]), head, body

    def more(self) -> bytes:
        """Return what has come."""
        if part := self.socket.recv(65536):
            return part
        raise ConnectionError("closed")


def answer_of(one: Served, path: str) -> object:
    """Return the JSON of an answer."""
    connection = Connection(one.port)
    connection.ask(path)
    status, _, body = connection.receive()
    connection.socket.close()
    if status != 200:
        raise NexusError(f"{path} answered {status}: {body[:500]!r}")
    return json.loads(body)
