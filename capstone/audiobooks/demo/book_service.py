"""
A local imitation of the book API: a real HTTP server with the demo's own works, and invented ISBNs, editions and years.

For tests and for trying things out. ``trouble`` makes it misbehave, for all requests from then on; over HTTP,
``PUT /trouble/hangs`` does the same, and ``PUT /trouble/none`` ends it.
"""

import json
import threading
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from audiobooks.demo import titles

GIB = 1024**3
PIECE = bytes(65536)
SLOW_S, HANGING_S = 1.0, 60.0


def isbn_of(number: int) -> str:
    """Return an invented ISBN-13 with a right check digit, of a publisher that does not exist."""
    first = f"97800000{number:04d}"
    return f"{first}{-sum(int(mark) * (1 + 2 * (n % 2)) for n, mark in enumerate(first)) % 10}"


@cache
def editions() -> dict[str, dict[str, Any]]:
    """Return what is known of each ISBN, as ``jscmd=data`` says it."""
    return {
        isbn_of(number): {
            "url": f"https://openlibrary.org/books/OL{number}M/",
            "key": f"/books/OL{number}M",
            "title": book.title,
            "subtitle": f"Edition {number}",
            "publishers": [{"name": "Imitation Press"}],
            "identifiers": {"isbn_13": [isbn_of(number)]},
        }
        for number, book in enumerate(titles.load().books.values(), 1)
    }


@cache
def works() -> dict[str, dict[str, Any]]:
    """Return what the search knows, by the title in lower case."""
    return {
        book.title.lower(): {
            "key": f"/works/OL{number}W",
            "title": book.title,
            "first_publish_year": book.first_published_year,
        }
        for number, book in enumerate(titles.load().books.values(), 1)
    }


class Handler(BaseHTTPRequestHandler):
    """Answers as the book API does, or as badly as it is told to."""

    protocol_version = "HTTP/1.1"
    service: "BookService"

    def do_GET(self) -> None:
        """Answer a question."""
        self.service.asked.append((self.path, self.headers.get("Authorization", "")))
        try:
            self.service.troubles.get(self.service.trouble, Handler.answer)(self)
        except OSError:
            self.close_connection = True  # who asked has gone

    def do_PUT(self) -> None:
        """Change the trouble."""
        wanted = self.path.removeprefix("/trouble/")
        is_known = self.path.startswith("/trouble/") and wanted in {*self.service.troubles, "none"}
        self.service.trouble = wanted if is_known else self.service.trouble
        self.send_json({"trouble": self.service.trouble}, 200 if is_known else 404)

    def log_message(self, *args: object) -> None:
        """Keep silent."""

    def answer(self) -> None:
        """Answer as documented."""
        place = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(place.query).items()}
        if place.path == "/api/books":
            name = given.get("bibkeys", "")
            edition = self.service.editions.get(name.removeprefix("ISBN:"))
            self.send_json({name: edition} if edition else {})
        elif place.path == "/search.json":
            work = self.service.works.get(given.get("title", "").lower())
            self.send_json({"start": 0, "num_found": int(bool(work)), "docs": [work] if work else []})
        else:
            self.send_json({"error": "notfound"}, 404)

    def send_json(self, content: object, status: int = 200, **headers: str) -> None:
        """Send a whole answer."""
        text = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(text)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def is_slow(self) -> None:
        """Answer after a second."""
        self.service.is_closing.wait(SLOW_S)
        self.answer()

    def hangs(self) -> None:
        """Say nothing."""
        self.service.is_closing.wait(HANGING_S)
        self.close_connection = True

    def drips(self) -> None:
        """Send a byte each 0.1 s."""
        self.send_response(200)
        self.send_header("Content-Length", "600")
        self.end_headers()
        while not self.service.is_closing.wait(0.1):
            self.wfile.write(b" ")

    def fails(self) -> None:
        """Answer 500."""
        self.send_json({"error": "out of order"}, 500)

    def refuses(self) -> None:
        """Answer 429: come back in a minute."""
        self.send_json({"error": "too many"}, 429, **{"Retry-After": "60"})

    def floods(self) -> None:
        """Send a gibibyte."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for _ in range(GIB // len(PIECE)):
            self.wfile.write(PIECE)
            self.service.flooded_bytes += len(PIECE)

    def redirects(self) -> None:
        """Point to where a cloud keeps its machines' secrets."""
        self.send_json({}, 302, Location="http://169.254.169.254/latest/meta-data/")

    def babbles(self) -> None:
        """Answer a page for people."""
        self.send_json("<html>Welcome</html>")


class BookService:
    """The server, from ``with`` on until its end. ``asked`` is each question: its path, and its Authorization."""

    troubles: dict[str, Callable[[Handler], None]] = {
        "slow": Handler.is_slow,
        "hangs": Handler.hangs,
        "drips": Handler.drips,
        "fails": Handler.fails,
        "refuses": Handler.refuses,
        "floods": Handler.floods,
        "redirects": Handler.redirects,
        "babbles": Handler.babbles,
    }

    def __init__(self, port: int = 0) -> None:
        handler = type("BookServiceHandler", (Handler,), {"service": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.editions, self.works = editions(), works()
        self.trouble = "none"
        self.asked: list[tuple[str, str]] = []
        self.flooded_bytes = 0
        self.is_closing = threading.Event()

    def __enter__(self) -> "BookService":
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_closing.set()
        self.server.shutdown()
        self.server.server_close()
