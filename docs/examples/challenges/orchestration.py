"""A release over three real servers, four ways: what callers notice, and what a release that never gets ready leaves."""

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from itertools import count
from signal import SIGTERM, signal
from subprocess import Popen

import stage

SERVERS, EACH = 3, 12
Place = tuple[Popen[str], int]


class Version(stage.Answers):
    """Is up at once, and ready once somebody has warmed it up. The broken release never is."""

    is_broken = False
    warm, held, release, answered = (threading.Event() for _ in range(4))

    def answer(self, _method: str, path: str) -> tuple[int, str]:
        """Answer 503 until it is ready."""
        if path == "/warm-up" and not self.is_broken:  # stands for the seconds in which a real one loads
            self.warm.set()
        if path == "/held":  # a request under way, until the server is told to stop
            self.held.set()
            self.release.wait()
        if path == "/is-held":
            self.held.wait()
        return (200 if self.warm.is_set() else 503), ""

    def do_GET(self) -> None:  # noqa: N802 -- the library calls it so
        """Answer, and note when the request that was under way has its answer."""
        super().do_GET()
        if self.path == "/held":
            self.answered.set()


# --8<-- [start:drain]
def drain(*_: object) -> None:
    """Finish what is under way, then end."""
    Version.release.set()
    threading.Thread(target=lambda: (Version.answered.wait(), os._exit(0))).start()


# --8<-- [end:drain]


def status(port: int, path: str = "/") -> int:
    """Return a server's status; 0 where it does not answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    with suppress(OSError, HTTPException):
        connection.request("GET", path)
        return connection.getresponse().status
    return 0


class Cluster:
    """Three places, each with a server; requests go to them by turns."""

    def __init__(self, start: Callable[..., Place], *, drains: bool) -> None:
        self.start, self.how = start, "drains" if drains else "stops"
        self.places = [start(self.how, "sound") for _ in range(SERVERS)]
        for _, port in self.places:
            status(port, "/warm-up")
        self.turn, self.failed, self.cut, self.fewest = count(), 0, 0, SERVERS

    def requests(self) -> None:
        """Send twelve requests, and count those that fail and the servers that serve."""
        self.fewest = min(self.fewest, sum(status(port) == 200 for _, port in self.places))
        for _ in range(EACH):
            places = self.places or [(None, 1)]
            self.failed += status(places[next(self.turn) % len(places)][1]) != 200

    def stop(self, place: Place) -> None:
        """Tell a server to end while it has a request under way; the request is cut, or is not."""
        process, port = place
        outcomes: list[int] = []
        held = threading.Thread(target=lambda: outcomes.append(status(port, "/held")))
        held.start()
        status(port, "/is-held")
        process.send_signal(SIGTERM)
        held.join()
        process.wait()
        self.cut += outcomes != [200]


# --8<-- [start:releases]
def stop_then_start(cluster: Cluster, version: str) -> None:
    """Replace each server in its place."""
    for old in list(cluster.places):
        cluster.places.remove(old)
        cluster.stop(old)
        cluster.requests()
        cluster.places.append(cluster.start(cluster.how, version))
        cluster.requests()
        status(cluster.places[-1][1], "/warm-up")


def start_then_stop(cluster: Cluster, version: str, *, asks: bool = False) -> None:
    """Start the new server first; with a readiness probe, send it requests and stop the old one once it says 200."""
    for old in list(cluster.places):
        new = cluster.start(cluster.how, version)
        if asks:
            status(new[1], "/warm-up")  # it loads; callers do not see it yet
            if status(new[1]) != 200:
                return  # the release stops here, and says so
        cluster.places.append(new)
        cluster.places.remove(old)
        cluster.stop(old)
        cluster.requests()
        status(new[1], "/warm-up")


# --8<-- [end:releases]


def released(release: Callable[..., None], *, drains: bool = False, **options: bool) -> list[object]:
    """Release a sound version, then a broken one; return what callers notice."""
    with stage.processes() as start:
        cluster = Cluster(start, drains=drains)
        release(cluster, "sound", **options)
        noticed: list[object] = [cluster.failed, cluster.cut, cluster.fewest]
        release(cluster, "broken", **options)
        return [*noticed, sum(status(port) == 200 for _, port in cluster.places)]


def main() -> None:
    """Print the table."""
    ways = {
        "stop, start": released(stop_then_start),
        "start, stop": released(start_then_stop),
        "start, ask, stop": released(start_then_stop, asks=True),
        "and drain": released(start_then_stop, asks=True, drains=True),
    }
    rows = [
        "requests that fail",
        f"cut off, of {SERVERS} under way",
        "fewest that serve",
        "serve, if never ready",
    ]
    stage.table(
        [f"a release over {SERVERS} servers", *ways],
        [(row, *(way[number] for way in ways.values())) for number, row in enumerate(rows)],
    )


if sys.argv[1:]:
    Version.is_broken = sys.argv[2] == "broken"
    if sys.argv[1] == "drains":
        signal(SIGTERM, drain)
    stage.serve(Version)
else:
    main()
