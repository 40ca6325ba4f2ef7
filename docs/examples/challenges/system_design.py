"""Three real servers behind a balancer of few lines, one of them killed: what callers notice, and what a retry doubles."""

import itertools
import os
import signal
import sys
from collections import Counter
from http.client import HTTPConnection, HTTPException
from subprocess import Popen

import redis
import stage

REQUESTS = 300
store = redis.Redis.from_url(os.environ["REDIS_URL"])


class Shop(stage.Answers):
    """Counts a reader's visits twice: in its own memory and in Valkey. An order can kill it after its work."""

    visits = itertools.count(1)

    def answer(self, method: str, path: str) -> tuple[int, str]:
        """Answer both counts; or write an order, and die before the answer where the path says so."""
        if method == "POST":
            key = path.rpartition("/")[2]
            if key == "none" or store.set(f"key:{key}", 1, nx=True):
                store.incr("orders")
            if path.startswith("/last-words/") and store.set("has died", 1, nx=True):
                os.kill(os.getpid(), signal.SIGKILL)
            return 201, ""
        return 200, f"{next(self.visits)} {store.incr('visits')}"


def asked(port: int, method: str, path: str) -> tuple[int, str]:
    """Return a server's answer. Raises ``OSError`` or ``HTTPException`` where there is none."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


# --8<-- [start:balancer]
class Balancer:
    """Sends each request to the next server. May try another one, and may leave out who did not answer."""

    def __init__(self, ports: list[int], *, retries: bool = False, checks: bool = False) -> None:
        self.ports, self.retries, self.checks = list(ports), retries, checks
        self.sent: Counter[int] = Counter()

    def ask(self, method: str, path: str) -> tuple[int, str]:
        """Return an answer, or 502 where there is none."""
        for _ in range(2 if self.retries else 1):
            port = self.ports.pop(0)
            self.ports.append(port)
            self.sent[port] += 1
            try:
                return asked(port, method, path)
            except (OSError, HTTPException):
                if self.checks:
                    self.ports.remove(port)  # a real one asks it again every few seconds
        return 502, ""


# --8<-- [end:balancer]


def three(start) -> tuple[list[Popen[str]], list[int]]:
    """Start three servers."""
    servers = [start("serve") for _ in range(3)]
    return [process for process, _ in servers], [port for _, port in servers]


def with_one_killed(number: int, **options: bool) -> tuple[int, int]:
    """Kill one of so many servers, then ask; return how many requests fail, and how many went to the dead one."""
    with stage.processes() as start:
        processes, ports = three(start)
        balancer = Balancer(ports[:number], **options)
        processes[0].kill()
        processes[0].wait()
        failed = sum(balancer.ask("GET", "/")[0] != 200 for _ in range(REQUESTS))
    return failed, balancer.sent[ports[0]]


def visits_counted() -> tuple[int, int]:
    """Let one reader visit 60 times; return what the last answer counts in memory, and in Valkey."""
    store.delete("visits")
    with stage.processes() as start:
        balancer = Balancer(three(start)[1])
        told = [balancer.ask("GET", "/")[1] for _ in range(60)][-1].split()
    return int(told[0]), int(told[1])


def orders_after(method_key: str, *, retries: bool) -> tuple[int, int]:
    """Order once, of a server that dies after its work; return the status, and how many orders there are."""
    store.delete("orders", "has died", f"key:{method_key}")
    with stage.processes() as start:
        balancer = Balancer(three(start)[1], retries=retries)
        status, _ = balancer.ask("POST", f"/last-words/{method_key}")
    return status, int(store.get("orders"))


def main() -> None:
    """Print three tables."""
    ways = {
        "one server": (1, {}),
        "three": (3, {}),
        "and a retry": (3, {"retries": True}),
        "and left out": (3, {"retries": True, "checks": True}),
    }
    found = [with_one_killed(number, **options) for number, options in ways.values()]
    stage.table(
        [f"one is killed, then {REQUESTS} requests", *ways],
        [
            ("requests that fail", *(failed for failed, _ in found)),
            ("attempts at the dead one", *(sent for _, sent in found)),
        ],
    )
    memory, shared = visits_counted()
    stage.table(
        ["60 visits of one reader, on three servers", "in memory", "in Valkey"], [("counted", memory, shared)]
    )
    orders = [
        orders_after("none", retries=False),
        orders_after("none", retries=True),
        orders_after("k1", retries=True),
    ]
    stage.table(
        ["a server dies after writing one order", "no retry", "a retry", "a retry, same key"],
        [
            ("the caller is told", *(str(status) for status, _ in orders)),
            ("orders written", *(number for _, number in orders)),
        ],
    )


if sys.argv[1:]:
    stage.serve(Shop)
else:
    main()
