"""
What the capstone's cache is worth: ``python -m nexus.cache_bench``. Takes a minute or two, and no test runs it.

Requests per second, and processor time, of each endpoint without a cache, from it, and as 304, as ratios to the same
server's static answer, interleaved in one run; the second holds on a busy machine too. Then Valkey is killed under load and
started again. The client is ours, 2 connections that send the next request when they have the last answer, on the cores
that the server has too: so ratios count, not figures.
"""

import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nexus.cache_programs import PROBE, SEED
from nexus.environment import MANAGE, capstone_environment
from nexus.ports import is_listening
from nexus.processes import PYTHON_MODULE, free_port, stop_on_signals, wait_until
from nexus.services import engines, new_ephemeral_state, session

ROUNDS, EACH_S, CONNECTIONS, PHASE_S = 3, 1.0, 2, 3.0
STATIC, NOBODY = "/healthz/live", "redis://127.0.0.1:1/0"


@dataclass
class Load:
    """What a load was answered: seconds for each answer, and how many of each status; 0 is none at all."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def note(self, status: int, seconds: float) -> None:
        """Note one answer."""
        self.seconds.append(seconds)
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def percentile(self, part: float) -> float:
        """Return the seconds that this part of the answers took at most."""
        return sorted(self.seconds)[int(part * (len(self.seconds) - 1))]


class Connection:
    """One kept connection, which sends prepared bytes and reads whole answers."""

    def __init__(self, port: int, path: str, etag: str = "") -> None:
        condition = f"If-None-Match: {etag}\r\n" if etag else ""
        self.request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{condition}\r\n".encode()
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)

    def ask(self) -> tuple[int, bytes]:
        """Return the status, and the head of the answer."""
        self.socket.sendall(self.request)
        content = b""
        while b"\r\n\r\n" not in content:
            content += self.receive()
        head, _, body = content.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        while len(body) < (int(length[1]) if length else 0):
            body += self.receive()
        return int(head[9:12]), head

    def receive(self) -> bytes:
        """Return what has come."""
        if part := self.socket.recv(65536):
            return part
        raise ConnectionError("closed")


def load(port: int, path: str, seconds: float, etag: str = "") -> Load:
    """Ask for as long as it says, on all connections at once."""
    found, lock, end = Load(), threading.Lock(), time.monotonic() + seconds

    def ask() -> None:
        connection = Connection(port, path, etag)
        while (began := time.monotonic()) < end:
            try:
                status, _ = connection.ask()
            except OSError:
                status, connection = 0, Connection(port, path, etag)
            with lock:
                found.note(status, time.monotonic() - began)
        connection.socket.close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for asking in [pool.submit(ask) for _ in range(CONNECTIONS)]:
            asking.result()
    return found


class Cache:
    """A Valkey of our own, to kill."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it, empty, and wait until it listens."""
        options = [
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            tempfile.gettempdir(),
        ]
        self.process = subprocess.Popen([str(engines.valkey_server()), *options], stdout=subprocess.DEVNULL)
        wait_until(lambda: is_listening(self.port), 20)

    def kill(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()


@contextmanager
def api(environment: Mapping[str, str], **but: str) -> Iterator[int]:
    """Serve the API with 2 workers of 1 thread."""
    port = free_port()
    command = [*PYTHON_MODULE, "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "1", "config.wsgi:application"]
    quiet = {"LOG_LEVEL": "CRITICAL", "API_REQUESTS_PER_MINUTE": "1000000000"}
    process = subprocess.Popen(
        command,
        env={**environment, **quiet, **but},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if not wait_until(lambda: is_listening(port), 60):
            sys.exit("The API does not start.")
        load(port, STATIC, 1.0)
        yield port
    finally:
        process.terminate()
        process.wait()


def ratios(
    cold: int, warm: int, environment: Mapping[str, str], cache_url: str, paths: Mapping[str, str]
) -> None:
    """Print how each endpoint compares with the static answer; medians of the rounds."""
    spent = [probed({**environment, "CACHE_URL": url}, paths) for url in (NOBODY, cache_url)]
    print(f"{'÷ static answer':<22}{'requests/s':>27}{'per processor second':>30}")
    print(f"{'':<22}{'no cache   cached      304':>27}{'no cache   cached      304':>30}")
    for name, path in paths.items():
        found = re.search(rb"(?i)etag: (\S+)", Connection(warm, path).ask()[1])
        kinds = {"static": (warm, STATIC, ""), "no cache": (cold, path, ""), "cached": (warm, path, "")}
        kinds["304"] = (warm, path, found[1].decode() if found else "")
        rounds = [{kind: rate(*what) for kind, what in kinds.items()} for _ in range(ROUNDS)]
        by_time = {kind: statistics.median(one[kind] for one in rounds) for kind in kinds}
        first = "".join(f"{by_time[kind] / by_time['static']:>9.2f}" for kind in kinds if kind != "static")
        by_cpu = (
            spent[0][STATIC] / spent[0][path],
            *(spent[1][STATIC] / spent[1][f"{path}{s}"] for s in ("", " 304")),
        )
        print(f"{name:<22}{first}   {''.join(f'{ratio:>9.2f}' for ratio in by_cpu)}", flush=True)


def probed(environment: Mapping[str, str], paths: Mapping[str, str]) -> dict[str, float]:
    """Return the processor time of one answer, by path, made in one process without a server."""
    asked = [STATIC, *paths.values()]
    command = [*MANAGE, "shell", "-v", "0", "-c", PROBE]
    quiet = {"LOG_LEVEL": "CRITICAL", "API_REQUESTS_PER_MINUTE": "1000000000", "PROBED": json.dumps(asked)}
    done = subprocess.run(
        command, env={**environment, **quiet}, check=True, stdout=subprocess.PIPE, text=True
    )
    seconds: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seconds


def rate(port: int, path: str, etag: str) -> float:
    """Return answers per second."""
    found = load(port, path, EACH_S, etag)
    if set(found.statuses) != {304 if etag else 200}:
        sys.exit(f"{path}: {found.statuses}")
    return len(found.seconds) / EACH_S


def without_valkey(port: int, cache: Cache, path: str) -> None:
    """Kill Valkey under load and start it again; print errors, latency and how soon the cache answers."""
    before = load(port, path, PHASE_S)
    threading.Timer(0.5, cache.kill).start()
    while_away = load(port, path, PHASE_S)
    cache.start()
    started = time.monotonic()
    is_back = wait_until(lambda: answered_from_cache(port, path), 30, 0.01)
    recovered_s = time.monotonic() - started
    after = load(port, path, PHASE_S)
    print(f"\n{'Valkey':<10}{'answers':>9}{'errors':>8}{'p50':>9}{'p95':>9}{'p95 ratio':>11}")
    for name, found in (("there", before), ("killed", while_away), ("back", after)):
        errors = sum(number for status, number in found.statuses.items() if status != 200)
        p50, p95 = found.percentile(0.5), found.percentile(0.95)
        print(
            f"{name:<10}{len(found.seconds):>9}{errors:>8}{p50 * 1000:>7.1f}ms{p95 * 1000:>7.1f}ms{p95 / before.percentile(0.95):>11.1f}"
        )
    print(
        f"the cache is used again {recovered_s:.1f} s after its start" if is_back else "it is not used again"
    )


def answered_from_cache(port: int, path: str) -> bool:
    """Say whether an answer was just now kept in Valkey again, or came from it; counts travel each second."""

    def used() -> float:
        text = metrics_of(port)
        return sum(float(number) for number in re.findall(r'event="(?:hits|misses)"[^}]*} (\S+)', text))

    before = used()
    for _ in range(20):
        Connection(port, f"{path}?limit={1 + time.monotonic_ns() % 100}").ask()
    return wait_until(lambda: used() > before, 1.5, 0.05)


def metrics_of(port: int) -> str:
    """Return what /metrics says."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(
            f"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
        )
        parts = iter(lambda: connection.recv(65536), b"")
        return b"".join(parts).decode()


def main() -> None:
    """Measure and print."""
    stop_on_signals()
    folder, cache = Path(tempfile.mkdtemp(prefix="nexus-cache-bench-")), Cache()
    try:
        with session(new_ephemeral_state()) as services:
            environment = {**os.environ, **capstone_environment(services)}
            subprocess.run([*MANAGE, "migrate", "--no-input", "-v", "0"], env=environment, check=True)
            seeded = subprocess.run(
                [*MANAGE, "shell", "-v", "0", "-c", SEED],
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            audiobook, person, series = seeded.stdout.split()[-3:]
            paths = {
                "audiobooks/": "/api/v1/audiobooks/",
                "audiobooks/{id}/": f"/api/v1/audiobooks/{audiobook}/",
                "books/": "/api/v1/books/",
                "people/": "/api/v1/people/",
                "people/{id}/": f"/api/v1/people/{person}/",
                "series/{id}/books/": f"/api/v1/series/{series}/books/",
                "genres/": "/api/v1/genres/",
            }
            shared = {"METRICS_DIR": str(folder), "CACHE_URL": cache.url}
            with api(environment, CACHE_URL=NOBODY) as cold, api(environment, **shared) as warm:
                ratios(cold, warm, environment, cache.url, paths)
            with api(environment, **shared, REDIS_URL=cache.url) as port:
                without_valkey(port, cache, paths["audiobooks/"])
    finally:
        cache.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
