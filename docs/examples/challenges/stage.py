"""What the challenges share: Django on their own database, a table to print, statements counted, processes that serve."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PASSWORD = "a long walk by the sea"  # noqa: S105 -- of accounts that live as long as the program


def begin() -> None:
    """Set Django up on the database that `./nexus challenge` made for us."""
    import django  # noqa: PLC0415 -- processes that only serve start without it

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.disable(logging.CRITICAL)  # what goes wrong here is meant to


def say(*lines: str) -> None:
    """Print lines."""
    sys.stdout.write("\n".join([*lines, ""]))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table, numbers to the right and with commas, and a blank line after it."""
    lines = [list(heads), *([told(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        first, *others = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        say("  ".join([first.strip().ljust(widths[0]), *others]).rstrip())
    say("")


def told(cell: object) -> str:
    """Return a cell's text."""
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """Yield a function that says how many statements the database was sent since."""
    from django.db import connection  # noqa: PLC0415 -- once Django is set up
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as statements:
        yield lambda: len(statements)


# --- programs of several processes ------------------------------------------------------------------------------


class Answers(BaseHTTPRequestHandler):
    """Answers by what ``answer(method, path)`` returns: a status and a text. Writes no log."""

    protocol_version = "HTTP/1.1"

    def answer(self, method: str, path: str) -> tuple[int, str]:
        """Return a status and a text."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Answer."""
        status, text = self.answer(self.command, self.path)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_POST(self) -> None:
        """Answer."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server whose waiting callers may be many."""

    request_queue_size = 128
    daemon_threads = True


def serve(handler: type[Answers]) -> None:
    """Serve on a port that is free, and print which."""
    with Server(("127.0.0.1", 0), handler) as server:
        say(str(server.server_port))
        sys.stdout.flush()
        server.serve_forever()


def started(*arguments: str) -> tuple[subprocess.Popen[str], int]:
    """Start this program as another process that serves; return the process and its port."""
    process = subprocess.Popen([sys.executable, sys.argv[0], *arguments], stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline())


@contextmanager
def processes() -> Iterator[Callable[..., tuple[subprocess.Popen[str], int]]]:
    """Yield ``started``; whatever it has started is ended afterwards."""
    running = []

    def start(*arguments: str) -> tuple[subprocess.Popen[str], int]:
        running.append(started(*arguments))
        return running[-1]

    try:
        yield start
    finally:
        for process, _ in running:
            process.kill()
            process.communicate()
