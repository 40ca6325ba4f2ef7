"""A service that does what it is told: answers, hangs, drips, floods. It notes who asked and how much it got rid of."""

import ssl
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from types import TracebackType

PIECE = bytes(65536)


@dataclass
class Asked:
    """A request that arrived."""

    method: str
    path: str
    headers: dict[str, str] = field(repr=False)


class Handler(BaseHTTPRequestHandler):
    """Notes the request, then plays the next act of its path; the last one is played again and again."""

    protocol_version = "HTTP/1.1"
    service: "Service"

    def setup(self) -> None:
        """Count the connection."""
        super().setup()
        self.service.connections += 1

    def play(self) -> None:
        """Answer, each method alike."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(self.command, self.path, {name.lower(): text for name, text in self.headers.items()})
        act = self.service.next_act(asked)
        try:
            act(self)
        except OSError:
            self.close_connection = True  # the client has gone, which is what many a test is about

    do_GET = do_HEAD = do_POST = do_PUT = play  # noqa: N815 -- the names that http.server calls

    def log_message(self, *args: object) -> None:
        """Keep silent."""

    def head(self, status: int, **headers: object) -> None:
        """Send the status and headers; ``Retry_After=1`` is ``Retry-After: 1``."""
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), str(text))
        self.end_headers()

    def send(self, content: bytes) -> None:
        """Send, and note that it went."""
        self.wfile.write(content)
        self.service.sent_bytes += len(content)


Act = Callable[[Handler], None]


class QuietServer(ThreadingHTTPServer):
    """A connection that breaks off is no news here."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep silent."""


class Service:
    """Listens on a port of its own, from ``with`` on until its end."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        handler = type("ServiceHandler", (Handler,), {"service": self})
        kind = type("Server", (QuietServer,), {"address_family": AF_INET6 if ":" in host else AF_INET})
        self.server = kind((host, 0), handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.host, self.port = host, self.server.server_address[1]
        self.asked: list[Asked] = []
        self.acts: dict[str, list[Act]] = {}
        self.sent_bytes = self.connections = 0
        self.lock = threading.Lock()
        self.is_closing = threading.Event()

    def __enter__(self) -> "Service":
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_closing.set()
        self.server.shutdown()
        self.server.server_close()

    def at(self, path: str, *acts: Act) -> str:
        """Play these acts at a path, one a request, and return its address."""
        self.acts[path] = list(acts)
        return f"http://{self.host}:{self.port}{path}"

    def next_act(self, asked: Asked) -> Act:
        """Note a request and return what to do about it."""
        with self.lock:
            self.asked.append(asked)
            acts = self.acts.get(asked.path.partition("?")[0], [replies(404)])
            return acts.pop(0) if len(acts) > 1 else acts[0]


def replies(status: int = 200, content: bytes = b"{}", **headers: object) -> Act:
    """Answer at once. ``ETag='"1"'`` answers 304 to who has it."""

    def act(handler: Handler) -> None:
        tag = headers.get("ETag")
        if tag and handler.headers.get("If-None-Match") == tag:
            handler.head(304, **headers)
            return
        handler.head(status, Content_Length=len(content), **headers)
        if handler.command != "HEAD":
            handler.send(content)

    return act


def hangs(handler: Handler) -> None:
    """Say nothing, until the service ends."""
    handler.service.is_closing.wait(30)
    handler.close_connection = True


def drips(seconds: float, pieces: int = 20, *, headers_too: bool = False) -> Act:
    """Answer 200 and a body of ``pieces`` bytes, evenly over so many seconds."""

    def act(handler: Handler) -> None:
        if headers_too:
            text = f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Slow: {'x' * pieces}\r\n\r\n"
            for letter in text.encode():
                handler.send(bytes([letter]))
                time.sleep(seconds / len(text))
            return
        handler.head(200, Content_Length=pieces)
        for _ in range(pieces):
            handler.send(b"1")
            time.sleep(seconds / pieces)

    return act


def floods(size: int, *, says_so: bool = False) -> Act:
    """Answer with so many bytes; their number is announced only if it ``says_so``."""

    def act(handler: Handler) -> None:
        if says_so:
            handler.head(200, Content_Length=size)
        else:
            handler.head(200, Connection="close")
            handler.close_connection = True
        for _ in range(size // len(PIECE)):
            handler.send(PIECE)

    return act


def gzip_of(content: bytes) -> bytes:
    """Return it packed."""
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(content) + packer.flush()


def unannounced(content: bytes, **headers: object) -> Act:
    """Answer with this and do not say how long it is."""

    def act(handler: Handler) -> None:
        handler.head(200, Connection="close", **headers)
        handler.close_connection = True
        handler.send(content)

    return act
