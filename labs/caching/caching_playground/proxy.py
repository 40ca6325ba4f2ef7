"""A way to the cache that can be cut or held up: whoever goes through it sees a cache that is gone, or one that hangs."""

import contextlib
import socket
import threading
import weakref
from urllib.parse import urlsplit


class Proxy:
    """Listens on a port of 127.0.0.1 and passes on what it hears, while it is neither cut nor held up."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.target = (parts.hostname or "127.0.0.1", parts.port or 6379)
        self.flows = threading.Event()
        self.asked, self.held = 0, held_port()
        weakref.finalize(self, self.held.close)
        self.port = self.held.getsockname()[1]
        self.open: set[socket.socket] = set()
        self.lock = threading.Lock()
        self.mend()
        login, at, _ = parts.netloc.rpartition("@")
        self.url = parts._replace(netloc=f"{login}{at}127.0.0.1:{self.port}").geturl()

    def mend(self) -> None:
        """Let everything pass again, on the same port as before."""
        self.flows.set()
        self.listener = socket.create_server(("127.0.0.1", self.port), reuse_port=True)
        threading.Thread(target=self.accept, args=[self.listener], daemon=True).start()

    def cut(self) -> None:
        """End every connection, and refuse new ones."""
        close(self.listener)
        with self.lock:
            ended, self.open = self.open, set()
        for one in ended:
            close(one)
        self.flows.set()

    def hold_up(self) -> None:
        """Keep every connection, take what is sent, and pass nothing on."""
        self.flows.clear()

    def let_go(self) -> None:
        """Pass on what was held up, and all that follows."""
        self.flows.set()

    def accept(self, listener: socket.socket) -> None:
        """Connect each caller with the cache, until the listener ends."""
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                cache = socket.create_connection(self.target)
                with self.lock:
                    self.open |= {caller, cache}
                    if listener.fileno() < 0:  # cut meanwhile
                        close(caller)
                for source, goal in ((caller, cache), (cache, caller)):
                    threading.Thread(
                        target=self.pass_on, args=[source, goal, source is caller], daemon=True
                    ).start()

    def pass_on(self, source: socket.socket, goal: socket.socket, is_question: bool) -> None:
        """Pass on what comes, until either end closes; count the questions."""
        with contextlib.suppress(OSError):
            while content := source.recv(65536):
                self.asked += is_question
                self.flows.wait()
                goal.sendall(content)
        for one in (source, goal):
            close(one)
        with self.lock:
            self.open -= {source, goal}


def held_port() -> socket.socket:
    """Return a socket that holds a port and hears nobody: while the listener is gone, no other program gets the port."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind(("127.0.0.1", 0))
    return held


def close(one: socket.socket) -> None:
    """Shut a socket, which wakes whoever waits on it, and close it."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
