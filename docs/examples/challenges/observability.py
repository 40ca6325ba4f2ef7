"""A thousand requests over three processes, of which one failed: who finds it, and what the averages say meanwhile."""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean, quantiles
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import stage
from prometheus_client import CollectorRegistry, Counter

REQUESTS, BOOKS = 1_000, 400
FAILS_ONCE = set(range(20, REQUESTS, 40))  # by its number; a second try succeeds
FAILS_TWICE = 777


def asked(port: int, path: str, request_id: str) -> int:
    """Ask another process, hand the id on, and return the status."""
    try:
        with urlopen(
            Request(f"http://127.0.0.1:{port}{path}", headers={"X-Request-ID": request_id}), timeout=60
        ) as answer:
            return answer.status
    except HTTPError as error:
        return error.code


class Logged(stage.Answers):
    """Writes one line for each answer, the id last."""

    log = ""

    def send_response(self, code: int, message: str | None = None) -> None:
        """Log, then answer."""
        with Path(self.log).open("a") as log:
            log.write(
                f"{'ERROR' if code >= 500 else 'INFO'} {self.path.partition('?')[0]} {code} {self.headers['X-Request-ID']}\n"
            )
        super().send_response(code, message)


class Back(Logged):
    """Knows prices. Fails now and then."""

    def answer(self, _method: str, path: str) -> tuple[int, str]:
        """Answer 503 where the plan says so."""
        number, attempt = (int(part) for part in path.partition("?")[2].split("."))
        fails = number == FAILS_TWICE or (number in FAILS_ONCE and attempt == 1)
        return (503, "") if fails else (200, "")


class Front(Logged):
    """Asks one of two back ends, twice where it must."""

    backs: tuple[int, ...] = ()

    # --8<-- [start:hand-on]
    def answer(self, _method: str, path: str) -> tuple[int, str]:
        """Ask the first back end, then the other one, under the caller's own id."""
        number = int(path.partition("?")[2])
        for attempt in (1, 2):
            back = self.backs[(number + attempt) % 2]
            if asked(back, f"/prices?{number}.{attempt}", self.headers["X-Request-ID"]) == 200:
                return 200, ""
        return 500, ""

    # --8<-- [end:hand-on]


def lines_of_a_thousand() -> tuple[list[str], list[str], str]:
    """Send the requests, eight at a time; return the log lines of the front and of both backs, and the id that failed."""
    with tempfile.TemporaryDirectory() as name, stage.processes() as start:
        logs = [str(Path(name) / f"{which}.log") for which in ("front", "back-1", "back-2")]
        backs = [str(start("back", log)[1]) for log in logs[1:]]
        _, front = start("front", logs[0], *backs)
        ids = [f"{number * 7919:08x}" for number in range(REQUESTS)]
        with ThreadPoolExecutor(8) as crowd:
            statuses = list(
                crowd.map(
                    lambda number: asked(front, f"/books/{number % BOOKS}/?{number}", ids[number]),
                    range(REQUESTS),
                )
            )
        lines = [Path(log).read_text().splitlines() for log in logs]
    return lines[0], lines[1] + lines[2], ids[statuses.index(500)]


def series(label: str) -> int:
    """Return how many time series a counter of requests has, labelled by address or by route."""
    registry = CollectorRegistry()
    counter = Counter("requests", "Requests.", ["where", "status"], registry=registry)
    for number in range(REQUESTS):
        counter.labels(label.format(id=number % BOOKS), 500 if number == FAILS_TWICE else 200).inc()
    return sum(sample.name == "requests_total" for metric in registry.collect() for sample in metric.samples)


def main() -> None:
    """Print three tables."""
    front, back, failed = lines_of_a_thousand()
    errors = [line for line in back if line.startswith("ERROR")]
    of_the_id = [line for line in front + back if line.endswith(failed)]
    stage.table(
        [f"log lines: {len(front) + len(back):,} in three files", "without ids", "with ids"],
        [
            (
                "lines that may tell why",
                len(errors),
                sum(line in errors for line in of_the_id),
            )
        ],
    )
    durations = [0.02] * (REQUESTS - 20) + [2.0] * 20
    percentiles = quantiles(durations, n=100)
    told = {
        "mean": mean(durations),
        "half below": percentiles[49],
        "99 of 100 below": percentiles[98],
    }
    stage.table(
        ["1,000 requests, 20 of them slow", *told],
        [("seconds", *(f"{value:.2f}" for value in told.values()))],
    )
    labels = {"by address": "/books/{id}/", "by route": "/books/<id>/"}
    stage.table(
        [f"a counter, {REQUESTS:,} requests, {BOOKS} books", *labels],
        [("time series kept", *(series(label) for label in labels.values()))],
    )


if sys.argv[1:]:
    Logged.log = sys.argv[2]
    Front.backs = tuple(map(int, sys.argv[3:]))
    stage.serve(Front if sys.argv[1] == "front" else Back)
else:
    main()
