"""
A metadata service as they are: slow, and not always there. A web server of its own, in a thread of ours.

``GET /books/{isbn}`` → ``{"isbn": …, "rating": …}``. What it does instead is set from outside: ``SERVICE.fails``.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Service:
    """The server, what it is asked to do wrong, and how often it was called."""

    def __init__(self) -> None:
        self.calls, self.fails, self.delay_s = 0, False, 0.0
        self.server: ThreadingHTTPServer | None = None

    def start(self, delay_s: float = 0.0) -> None:
        """Serve on a free port of this machine."""
        self.delay_s = delay_s
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Return where it serves."""
        if self.server is None:
            self.start()
        assert self.server is not None  # noqa: S101 -- started above
        return f"http://127.0.0.1:{self.server.server_address[1]}"


class Answer(BaseHTTPRequestHandler):
    """One answer."""

    def do_GET(self) -> None:
        """Take as long as it takes, then answer 200 or 503."""
        SERVICE.calls += 1
        time.sleep(SERVICE.delay_s)
        isbn = self.path.rpartition("/")[2]
        body = json.dumps({"isbn": isbn, "rating": 3 + int(isbn[-1]) % 3}).encode()
        self.send_response(503 if SERVICE.fails else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_message: Any) -> None:
        """Say nothing."""


SERVICE = Service()
