"""
Valkey is killed under load and started again: ``python -m nexus.bench.without_valkey ROUNDS RECORDINGS``.

Prints a line of JSON for each round: the p95 of a list while Valkey is there, from before it is killed until after, and
once it is back, empty. Limits and cache are on it. Any error ends the program.
"""

import json
import os
import sys
import threading
import time

from nexus.bench.reads import API, fill
from nexus.bench.served import Connection, Served, served
from nexus.processes import stop_on_signals
from nexus.services.own_valkey import OwnValkey

EACH_S = 3.0
LIST = f"{API}audiobooks/"


def main(rounds: int, recordings: int) -> None:
    """Fill the database, serve it, and print the rounds."""
    fill(os.environ, recordings)
    valkey = OwnValkey()
    try:
        urls = {"CACHE_URL": valkey.url, "REDIS_URL": valkey.url}
        with served("config.wsgi:application", {**os.environ, **urls}) as program:
            p95(program)
            for _ in range(rounds):
                found = {"there": p95(program)}
                threading.Timer(EACH_S / 6, valkey.kill).start()
                found["killed"] = p95(program)
                valkey.start()
                found["back"] = p95(program)
                print(json.dumps(found), flush=True)
    finally:
        valkey.kill()


def p95(program: Served) -> dict[str, float]:
    """Return the seconds that 95 % of the answers took at most, and the program's processor seconds for one."""
    connection, took, before = Connection(program.port), [], program.cpu_s()
    end = time.monotonic() + EACH_S
    while (began := time.monotonic()) < end:
        connection.ask(LIST)
        status, _, _ = connection.receive()
        took.append(time.monotonic() - began)
        if status != 200:
            sys.exit(f"{LIST} answered {status}")
    connection.socket.close()
    return {
        "seconds": sorted(took)[int(0.95 * (len(took) - 1))],
        "cpu_s": (program.cpu_s() - before) / len(took),
    }


if __name__ == "__main__":
    stop_on_signals()
    main(*map(int, sys.argv[1:3]))
