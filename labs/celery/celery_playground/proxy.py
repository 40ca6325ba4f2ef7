"""A way to the broker that can be cut: whoever goes through it sees the broker stop, whatever broker it is."""

import contextlib
import socket
import threading
import weakref
from types import TracebackType
from urllib.parse import urlsplit

USUAL_PORTS = {"redis": 6379, "amqp": 5672}


class Proxy:
    """Listens on a port of 127.0.0.1 and passes on what it hears. ``cut`` ends every connection and refuses new ones."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.target = (parts.hostname or "127.0.0.1", parts.port or USUAL_PORTS[parts.scheme])
        self.held = held_port()
        weakref.finalize(self, self.held.close)
        self.port = self.held.getsockname()[1]
        self.lock = threading.Lock()
        self.open: set[socket.socket] = set()
        self.mend()
        login, at, _ = parts.netloc.rpartition("@")
        self.url = parts._replace(netloc=f"{login}{at}127.0.0.1:{self.port}").geturl()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()

    def mend(self) -> None:
        """Listen, on the same port as before."""
        self.listener = socket.create_server(("127.0.0.1", self.port), reuse_port=True)
        threading.Thread(target=self.accept, args=[self.listener], daemon=True).start()

    def cut(self) -> None:
        """End every connection, and refuse new ones from now on."""
        end(self.listener)
        with self.lock:
            ended, self.open = self.open, set()
        for one in ended:
            end(one)

    def accept(self, listener: socket.socket) -> None:
        """Connect each caller with the broker, until the listener ends."""
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                broker = socket.create_connection(self.target)
                with self.lock:
                    self.open |= {caller, broker}
                    if listener.fileno() < 0:  # cut meanwhile
                        end(caller)
                for pair in ((caller, broker), (broker, caller)):
                    threading.Thread(target=self.pass_on, args=pair, daemon=True).start()

    def pass_on(self, source: socket.socket, goal: socket.socket) -> None:
        """Pass on what comes, until either end closes."""
        with contextlib.suppress(OSError):
            while content := source.recv(65536):
                goal.sendall(content)
        for one in (source, goal):
            end(one)
        with self.lock:
            self.open -= {source, goal}


def held_port() -> socket.socket:
    """Return a socket that holds a port and hears nobody: while the listener is gone, no other program gets the port."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind(("127.0.0.1", 0))
    return held


def end(one: socket.socket) -> None:
    """Shut a socket, which wakes whoever waits on it, and close it."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
