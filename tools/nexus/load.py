"""
``./nexus load``: many listeners at once, by Locust, against the platform on services of its own or wherever ``--host`` says.

A profile says how many there are, how long they pause, and when to stop. Judged are errors, and p95 as a ratio to the
static answer of the same server in the same run: both suffer alike from a machine that does something else.
"""

import csv
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from nexus import on_demand
from nexus.bench.served import Served, served
from nexus.checks import print_table
from nexus.environment import CAPSTONE, MANAGE, capstone_environment
from nexus.errors import NexusError, UnknownWord
from nexus.processes import PYTHON_MODULE
from nexus.services import CHECKOUT, new_ephemeral_state, session

LOCUSTFILE = CAPSTONE / "load/locustfile.py"
REPORTS = CHECKOUT / "report"
STATIC, TICK = "static", "POST /playback/{id}/events/"  # the yardstick, and what seven of ten requests are
RECORDINGS, WHO = "2000", ["--users", "500", "--seed", "42"]
MOST_KNEE_STEPS = 8


@dataclass(frozen=True)
class Profile:
    """
    How many listeners, with which pauses, for how long; ``most_ratio`` is what p95 may be of the static answer's.

    They come over ``arrival_s``: each begins with a log-in, whose password hash is meant to cost a processor much.
    """

    name: str
    what: str
    users: int
    pause_s: float
    seconds: int
    arrival_s: int
    most_ratio: float | None = None


PROFILES = {
    one.name: one
    for one in (
        Profile("smoke", "does it hold at all", 20, 0.5, 30, 5, most_ratio=40),
        Profile("fixed", "the same for ten minutes: errors, p95, memory", 100, 2.0, 600, 60, most_ratio=40),
        Profile("knee", "ever more listeners, until p95 has doubled", 20, 1.0, 20, 5),
        Profile("soak", "the same for two hours: does anything grow", 100, 2.0, 7200, 60, most_ratio=40),
    )
}


@dataclass(frozen=True)
class Row:
    """What Locust counted under one name; times in ms."""

    name: str
    requests: int
    failures: int
    p50_ms: float
    p95_ms: float
    per_s: float


def load(
    name: str, *, host: str | None, users: int | None, seconds: int | None, processes: int, web: bool
) -> int:
    """Run a profile and print what it found; return 1 where there were errors or p95 is above its bound."""
    profile = named(name)
    profile = replace(profile, users=users or profile.users, seconds=seconds or profile.seconds)
    on_demand.install("load")
    REPORTS.mkdir(exist_ok=True)
    with ExitStack() as stack:
        target = Target(host, dict(os.environ), None) if host else stack.enter_context(platform())
        if web:
            return run(profile, target, [])
        if profile.name == "knee":
            return knee(profile, target, processes)
        memory = stack.enter_context(watched(target.api))
        before_s = target.api.cpu_s() if target.api else 0
        rows = attempt(profile, target, processes)
        if target.api:
            each_ms = 1000 * (target.api.cpu_s() - before_s) / max(rows["Aggregated"].requests, 1)
            print(f"the API used {each_ms:.1f} ms of processor time for an answer\n")
    return judged(profile, rows, memory)


def named(name: str) -> Profile:
    """Return the profile of this name. Raises ``UnknownWord``."""
    if name not in PROFILES:
        raise UnknownWord("profile", name, list(PROFILES))
    return PROFILES[name]


@dataclass(frozen=True)
class Target:
    """Where the requests go, what the listeners need to know, and the API's process where it is ours."""

    host: str
    environment: Mapping[str, str]
    api: Served | None


@contextmanager
def platform() -> Iterator[Target]:
    """Serve the API and the media process on services of their own, with a catalogue and listeners."""
    with session(new_ephemeral_state()) as services, ExitStack() as stack:
        environment = capstone_environment(services) | {"NUM_PROXIES": "1"}
        folder = str(services.state.folder)
        for command in (
            ["migrate", "-v0"],
            ["seed_scale", "--audiobooks", RECORDINGS, *WHO, "--labels", os.devnull],
            ["prepare_load", folder, *WHO],
        ):
            subprocess.run([*MANAGE, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
        media = stack.enter_context(served("config.wsgi_media:application", environment, threads=32))
        environment |= {"MEDIA_BASE_URL": f"http://127.0.0.1:{media.port}/"}
        api = stack.enter_context(served("config.wsgi:application", environment, workers=os.cpu_count() or 1))
        yield Target(f"http://127.0.0.1:{api.port}", {**os.environ, "NEXUS_LOAD_FOLDER": folder}, api)


def run(profile: Profile, target: Target, options: list[str]) -> int:
    """Run Locust; return its exit code."""
    command = [*PYTHON_MODULE, "locust", "-f", str(LOCUSTFILE), "--host", target.host, *options]
    environment = {**target.environment, "NEXUS_LOAD_PAUSE_S": str(profile.pause_s)}
    return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode


def attempt(profile: Profile, target: Target, processes: int = 1) -> dict[str, Row]:
    """Run a profile without a browser; write its report and return what was counted, by name."""
    prefix = REPORTS / f"load-{profile.name}"
    options = ["--headless", "--only-summary", "--loglevel", "WARNING", "--exit-code-on-error", "0"]
    options += ["--users", str(profile.users), "--spawn-rate", f"{profile.users / profile.arrival_s:g}"]
    options += ["--run-time", f"{profile.seconds}s", "--stop-timeout", "10", "--reset-stats"]
    options += ["--csv", str(prefix), "--html", f"{prefix}.html"]
    options += ["--processes", str(processes)] if processes > 1 else []
    print(f"{profile.users} listeners for {profile.seconds} s …", flush=True)
    if code := run(profile, target, options):
        raise NexusError(f"locust ended with exit code {code}; the reason stands above.")
    return rows_of(Path(f"{prefix}_stats.csv"))


def rows_of(file: Path) -> dict[str, Row]:
    """Return what Locust wrote, by name; "Aggregated" is all together."""
    with file.open(newline="") as lines:
        return {
            line["Name"]: Row(
                line["Name"],
                int(line["Request Count"]),
                int(line["Failure Count"]),
                float(line["50%"]),
                float(line["95%"]),
                float(line["Requests/s"]),
            )
            for line in csv.DictReader(lines)
            if line["50%"] != "N/A"
        }


@contextmanager
def watched(api: Served | None) -> Iterator[list[int]]:
    """Note the memory of the API's largest worker each second while the block lasts."""
    found: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while api and not done.wait(1):
            found.append(api.memory_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        done.set()
        watcher.join()


def p95_ratio(rows: Mapping[str, Row]) -> float:
    """Return a tick's p95 divided by the static answer's of the same run. Raises ``NexusError`` where either was not asked."""
    static, tick = found(rows, STATIC, TICK)
    return tick.p95_ms / max(static.p95_ms, 1)


def judged(profile: Profile, rows: Mapping[str, Row], memory: list[int]) -> int:
    """Print the table and the verdict; return the exit code."""
    static, everything = found(rows, STATIC, "Aggregated")
    ratio = p95_ratio(rows)
    heads = ["request", "answers", "errors", "p50 ÷ static p50", "p95 ÷ static p95"]
    print_table(heads, [told(row, static) for row in rows.values()])
    failures = [f"{everything.failures} errors"] if everything.failures else []
    if profile.most_ratio and ratio > profile.most_ratio:
        failures.append(
            f"a tick's p95 is {ratio:.1f} times the static answer's, more than {profile.most_ratio:g}"
        )
    if len(memory) > 1:
        minute = min(60, len(memory) // 2)
        first, last = (sum(part) / len(part) / 2**20 for part in (memory[:minute], memory[-minute:]))
        print(f"\nlargest worker: {first:.0f} MiB in the first {minute} s, {last:.0f} MiB in the last")
    print(
        f"\n{everything.per_s:.0f} answers/s, {everything.requests:,} in all; {'; '.join(failures) or '0 errors, p95 within its bound'}"
    )
    print(f"The report: {REPORTS / f'load-{profile.name}.html'}", file=sys.stderr)
    return int(bool(failures))


def found(rows: Mapping[str, Row], *names: str) -> list[Row]:
    """Return the rows of these names. Raises ``NexusError`` where one has no answer."""
    if missing := set(names) - set(rows):
        raise NexusError(f"nobody was answered: {', '.join(sorted(missing))}. Let it run longer: --seconds.")
    return [rows[name] for name in names]


def told(row: Row, static: Row) -> list[str]:
    """Return a row of the table."""
    times = [
        f"{mine / max(theirs, 1):.1f}"
        for mine, theirs in ((row.p50_ms, static.p50_ms), (row.p95_ms, static.p95_ms))
    ]
    return [row.name, f"{row.requests:,}", str(row.failures), *times]


def knee(profile: Profile, target: Target, processes: int) -> int:
    """Double the listeners until p95 has doubled, and say between which rates that was."""
    steps: list[tuple[int, Row]] = []
    for step in range(MOST_KNEE_STEPS):
        users = profile.users * 2**step
        rows = attempt(replace(profile, users=users), target, processes)
        steps.append((users, found(rows, TICK)[0]))
        time.sleep(1)
        if steps[-1][1].p95_ms > 2 * steps[0][1].p95_ms or steps[-1][1].failures:
            break
    first = steps[0][1]
    heads = ["listeners", "ticks/s", "errors", "p95 ÷ that of the first step"]
    print_table(
        heads,
        [
            [str(n), f"{row.per_s:.0f}", str(row.failures), f"{row.p95_ms / max(first.p95_ms, 1):.1f}"]
            for n, row in steps
        ],
    )
    return int(any(row.failures for _, row in steps[:-1]))
