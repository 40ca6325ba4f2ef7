"""A mail server for one program: it keeps what it is sent, and may be told to refuse the next letter."""

import re
import socketserver
import threading
from collections.abc import Iterator

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)


class Mailbox(socketserver.ThreadingTCPServer):
    """Listens on 127.0.0.1. ``ids`` holds the Message-ID of each letter it took, ``refused`` those it did not."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.port: int = self.server_address[1]
        self.ids: list[str] = []
        self.refused: list[str] = []
        self.is_full = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def take(self, letter: bytes) -> bytes:
        """Keep a letter or refuse it; return the answer to its sender (RFC 5321, section 4.2)."""
        found = MESSAGE_ID.search(letter)
        name = found[1].decode() if found else ""
        (self.refused if self.is_full else self.ids).append(name)
        return b"452 4.2.2 the mailbox is full" if self.is_full else b"250 2.0.0 kept"


class Conversation(socketserver.StreamRequestHandler):
    """One sender's connection."""

    server: Mailbox

    def handle(self) -> None:
        self.say(b"220 mailbox")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.say(b"354 go on")
                self.say(self.server.take(b"".join(self.lines_of_letter())))
            elif word == b"QUIT":
                return self.say(b"221 bye")
            else:
                self.say(b"250 yes")
        return None

    def lines_of_letter(self) -> Iterator[bytes]:
        """Yield lines until the one that is a dot alone."""
        for line in self.rfile:
            if line.rstrip(b"\r\n") == b".":
                return
            yield line

    def say(self, answer: bytes) -> None:
        self.wfile.write(answer + b"\r\n")
