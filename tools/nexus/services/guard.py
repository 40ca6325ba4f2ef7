"""
The guard outlives a front door that was killed with ``kill -9`` by the seconds it takes to clean up after it.

It waits at the end of a pipe that only the front door holds open. When the pipe closes without "done", it ends the
processes it was told of, then stops the services unless another front door uses them.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from nexus import processes
from nexus.services.state import CHECKOUT, State

FRONT_DOOR_DIES_S = 30


class Guard:
    """The front door's end of the pipe."""

    def __init__(self, state: State, hold: Iterable[int] = ()) -> None:
        """Start the guard; it shares the locks ``hold`` (file descriptors), so that they fall after the clean-up."""
        arguments = [str(os.getpid()), str(state.folder), str(state.engines), str(int(state.is_ephemeral))]
        with (state.logs / "guard.log").open("a") as log:
            self.process = subprocess.Popen(
                [*processes.PYTHON_MODULE, "nexus.services.guard", *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=CHECKOUT,
                pass_fds=tuple(hold),
                text=True,
            )

    def tell(self, word: str, pid: int) -> None:
        """Say that a process of ours, or the group it leads, began ("watch") or ended ("forget")."""
        pipe = cast(IO[str], self.process.stdin)
        with suppress(BrokenPipeError):  # somebody killed the guard: the next start cleans up instead
            pipe.write(f"{word} {pid}\n")
            pipe.flush()

    def dismiss(self) -> None:
        """Send the guard home: everything is cleaned up."""
        self.process.communicate("done\n")


def groups_left_behind(lines: Iterable[str]) -> set[int] | None:
    """Return the process groups still watched when the front door vanished; None where it said goodbye."""
    groups: set[int] = set()
    for line in lines:
        word, _, pid = line.strip().partition(" ")
        if word == "done":
            return None
        if word == "watch":
            groups.add(int(pid))
        else:
            groups.discard(int(pid))
    return groups


def main(front_door: str, folder: str, engines: str, is_ephemeral: str) -> None:
    """Wait, then clean up where that is needed."""
    for number in processes.STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    groups = groups_left_behind(sys.stdin)
    if groups is None:
        return
    # A dying process closes its files one by one: only once it has no child left are all its locks free.
    processes.wait_until(lambda: os.getppid() != int(front_door), FRONT_DOOR_DIES_S)
    for pid in groups:
        processes.end_group(pid)
        processes.end(
            pid, "python", signal.SIGTERM
        )  # one in the foreground shares its group with the terminal's shell
    state = State(Path(folder), Path(engines), is_ephemeral=is_ephemeral == "1")
    from nexus.services.session import leave  # noqa: PLC0415 -- the session starts this module

    leave(state)


if __name__ == "__main__":
    main(*sys.argv[1:])
