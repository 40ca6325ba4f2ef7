"""When is `./nexus up` ready? When every address answered and the worker did: not when it was started."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from importlib import import_module
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from nexus.crew import Crew
from nexus.environment import MANAGE

LIMIT_S = 120
STEP_S = 0.2
direct = build_opener(ProxyHandler({}))  # a proxy in the environment does not know our 127.0.0.1


def answers(address: str) -> bool:
    """Tell whether an address answers 200."""
    try:
        with direct.open(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, HTTPException, OSError):
        return False


def responds(address: str) -> bool:
    """Tell whether an address answers at all, be it with an error."""
    try:
        with direct.open(address, timeout=5):
            return True
    except HTTPError:
        return True
    except (URLError, HTTPException, OSError):
        return False


def worker_answers(broker: str, name: str) -> bool:
    """Tell whether the worker of this name answers a ping through the broker."""
    celery = import_module("celery")  # a third of a second that no other command needs
    with celery.Celery(broker=broker, set_as_current=False) as app:
        return bool(app.control.ping(destination=[name], timeout=1))


class Readiness(threading.Thread):
    """Waits beside the log, says what is ready as it becomes so, then prints the addresses and accounts."""

    def __init__(self, crew: Crew, environment: Mapping[str, str], started: float) -> None:
        super().__init__(daemon=True)
        self.crew = crew
        self.environment = environment
        self.started = started
        self.probes: dict[str, Callable[[], bool]] = {}
        self.lines: dict[str, str] = {}

    def expect(self, name: str, line: str, probe: Callable[[], bool]) -> None:
        """Wait for one more thing; ``line`` is what to print of it."""
        self.probes[name], self.lines[name] = probe, line

    def run(self) -> None:
        """Probe until all is ready, or give up and let the crew fail."""
        try:
            accounts = demo_accounts(self.environment)
            if self.wait():
                self.announce(accounts)
        except Exception as error:  # noqa: BLE001 -- a thread's exception must end ./nexus up, not hide
            self.crew.fail(f"waiting for readiness failed: {error!r}")

    def wait(self) -> bool:
        """Tell whether everything became ready in time."""
        waiting, deadline = dict(self.probes), time.monotonic() + LIMIT_S
        while waiting:
            waiting = {name: probe for name, probe in waiting.items() if not probe()}
            if waiting and time.monotonic() > deadline:
                self.crew.fail(f"not ready after {LIMIT_S} s: {', '.join(waiting)}. Everything was stopped.")
                return False
            time.sleep(STEP_S if waiting else 0)
        return True

    def announce(self, accounts: list[dict[str, str]]) -> None:
        """Print where everything is and who may sign in."""
        width = max(map(len, self.lines))
        text = [f"{name:<{width}}  {line}" for name, line in self.lines.items()]
        text += ["", "Demo accounts (username, password, role):"]
        text += [f"  {one['username']:<8} {one['password']:<24} {one['role']}" for one in accounts]
        text += ["", f"Ready in {time.monotonic() - self.started:.1f} s. Ctrl-C stops everything.", ""]
        for line in text:
            self.crew.say(line or " ")


def demo_accounts(environment: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the demo accounts: username, email, password, role."""
    command = [*MANAGE, "demo_accounts", "--json"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"manage demo_accounts: {answer.stderr.strip()}")
    accounts: list[dict[str, str]] = json.loads(answer.stdout)
    return accounts
